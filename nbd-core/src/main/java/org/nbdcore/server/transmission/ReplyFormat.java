package org.nbdcore.server.transmission;

import java.nio.ByteBuffer;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.server.export.NegotiatedOptions;
import org.nbdcore.server.export.SelectedContexts;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.spi.Extents;

/** Encodes replies: simple, structured or extended, as negotiated. Immutable. */
public final class ReplyFormat {

  /** Bytes of an error's payload before its message and offset. */
  static final int ERROR_HEADER = 6;

  private final boolean structured;
  private final boolean extended;

  /** Bytes of a chunk before its payload. */
  private final int chunk;

  ReplyFormat(NegotiatedOptions negotiated) {
    structured = negotiated.structured();
    extended = negotiated.extended();
    chunk = extended ? Limits.EXTENDED_CHUNK_HEADER : Limits.CHUNK_HEADER;
  }

  /** True if the reply to a read may consist of several chunks. */
  boolean chunks() {
    return structured;
  }

  /** Bytes before the data of a read. */
  int readHeader() {
    return structured ? chunk + Long.BYTES : Limits.SIMPLE_REPLY_HEADER;
  }

  /** Size of a chunk that reports a hole, in bytes. */
  int hole() {
    return chunk + Long.BYTES + Integer.BYTES;
  }

  /** Bytes of the complete reply to a request, without the data of a read. */
  int size(Request request) {
    if (request.error != 0) {
      return structured
          ? chunk + errorPayload(request, Failures.wireText(request.message))
          : Limits.SIMPLE_REPLY_HEADER;
    }
    return switch (request.type) {
      case Command.READ -> readHeader();
      case Command.BLOCK_STATUS -> statusSize(request.statuses);
      default -> extended ? chunk : Limits.SIMPLE_REPLY_HEADER;
    };
  }

  private static int errorPayload(Request request, byte[] text) {
    return ERROR_HEADER + text.length + (request.errorLocated ? Long.BYTES : 0);
  }

  private int statusSize(Extents[] statuses) {
    int size = 0;
    for (Extents extents : statuses) {
      size += extents == null ? 0 : chunk + statusPayload(extents);
    }
    return size;
  }

  private int statusPayload(Extents extents) {
    return extended
        ? 2 * Integer.BYTES + extents.size() * 2 * Long.BYTES
        : Integer.BYTES + extents.size() * Long.BYTES;
  }

  /**
   * Encodes a reply, without the data of a read, which follows it.
   *
   * @param at offset in {@code bytes}; {@link #size} bytes are written
   */
  void put(Request request, ByteBuffer bytes, int at) {
    if (request.error != 0) {
      putError(request, bytes, at);
    } else if (request.type == Command.READ) {
      putReadHeader(request, bytes, at);
    } else if (request.type == Command.BLOCK_STATUS) {
      putStatuses(request, bytes, at);
    } else if (extended) {
      putChunk(request, bytes, at, ReplyType.FLAG_DONE, ReplyType.NONE, 0);
    } else {
      putSimple(request, bytes, at);
    }
  }

  private void putReadHeader(Request request, ByteBuffer bytes, int at) {
    if (structured) {
      putData(request, bytes, at, ReplyType.FLAG_DONE, request.offset, (int) request.length);
    } else {
      putSimple(request, bytes, at);
    }
  }

  /**
   * Encodes the header of a data chunk, {@link #readHeader} bytes. {@code length} bytes of data
   * must follow.
   */
  void putData(Request request, ByteBuffer bytes, int at, int flags, long offset, int length) {
    int payload =
        putChunk(request, bytes, at, flags, ReplyType.OFFSET_DATA, length + (long) Long.BYTES);
    bytes.putLong(payload, offset);
  }

  /** Encodes a hole chunk, {@link #hole} bytes. */
  void putHole(Request request, ByteBuffer bytes, int at, int flags, long offset, int length) {
    int payload =
        putChunk(request, bytes, at, flags, ReplyType.OFFSET_HOLE, Long.BYTES + Integer.BYTES);
    bytes.putLong(payload, offset);
    bytes.putInt(payload + Long.BYTES, length);
  }

  private static void putSimple(Request request, ByteBuffer bytes, int at) {
    bytes.putInt(at, Magic.SIMPLE_REPLY);
    bytes.putInt(at + 4, request.error);
    bytes.putLong(at + 8, request.cookie);
  }

  private void putError(Request request, ByteBuffer bytes, int at) {
    if (!structured) {
      putSimple(request, bytes, at);
      return;
    }
    byte[] text = Failures.wireText(request.message);
    int type = request.errorLocated ? ReplyType.ERROR_OFFSET : ReplyType.ERROR;
    int payload =
        putChunk(request, bytes, at, ReplyType.FLAG_DONE, type, errorPayload(request, text));
    bytes.putInt(payload, request.error);
    bytes.putShort(payload + 4, (short) text.length);
    bytes.put(payload + ERROR_HEADER, text);
    if (request.errorLocated) {
      bytes.putLong(payload + ERROR_HEADER + text.length, request.errorOffset);
    }
  }

  /** Encodes one chunk for each context; the last one ends the reply. */
  private void putStatuses(Request request, ByteBuffer bytes, int at) {
    int end = at + statusSize(request.statuses);
    int next = at;
    for (int i = 0; next < end; i++) {
      Extents extents = request.statuses[i];
      if (extents != null) {
        int chunkEnd = next + chunk + statusPayload(extents);
        int flags = chunkEnd == end ? ReplyType.FLAG_DONE : 0;
        putStatus(request, bytes, next, flags, SelectedContexts.id(i), extents);
        next = chunkEnd;
      }
    }
  }

  private void putStatus(
      Request request, ByteBuffer bytes, int at, int flags, int context, Extents extents) {
    int count = extents.size();
    int type = extended ? ReplyType.BLOCK_STATUS_EXT : ReplyType.BLOCK_STATUS;
    int entry = putChunk(request, bytes, at, flags, type, statusPayload(extents));
    bytes.putInt(entry, context);
    entry += Integer.BYTES;
    if (extended) {
      bytes.putInt(entry, count);
      entry += Integer.BYTES;
    }
    // HOLE and ZERO have the values of the protocol
    for (int i = 0; i < count; i++) {
      if (extended) {
        bytes.putLong(entry, extents.length(i));
        bytes.putLong(entry + Long.BYTES, extents.type(i) & 0xffff_ffffL);
        entry += 2 * Long.BYTES;
      } else {
        bytes.putInt(entry, (int) extents.length(i)); // all of them are below 2^32
        bytes.putInt(entry + Integer.BYTES, extents.type(i));
        entry += 2 * Integer.BYTES;
      }
    }
  }

  /** Writes the header of a chunk and returns the offset of its payload. */
  private int putChunk(
      Request request, ByteBuffer bytes, int at, int flags, int type, long length) {
    bytes.putInt(at, extended ? Magic.EXTENDED_REPLY : Magic.STRUCTURED_REPLY);
    bytes.putShort(at + 4, (short) flags);
    bytes.putShort(at + 6, (short) type);
    bytes.putLong(at + 8, request.cookie);
    if (extended) {
      bytes.putLong(at + 16, request.offset);
      bytes.putLong(at + 24, length);
    } else {
      bytes.putInt(at + 16, (int) length);
    }
    return at + chunk;
  }
}
