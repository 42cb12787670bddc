package org.nbdcore.server;

import java.nio.ByteBuffer;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.spi.Extents;

/** Lays out replies, simple or structured as negotiated. Immutable. */
final class ReplyFormat {

  /** The number under which {@code base:allocation} is chosen. */
  static final int BASE_ALLOCATION_ID = 1;

  private static final int ERROR_HEADER = 6;

  private final boolean structured;

  ReplyFormat(boolean structured) {
    this.structured = structured;
  }

  /** Bytes in front of the data of a read. */
  int readHeader() {
    return structured ? Limits.CHUNK_HEADER + Long.BYTES : Limits.SIMPLE_REPLY_HEADER;
  }

  /** Bytes of the whole reply to a request, but for the data of a read. */
  int size(Request request) {
    if (request.error != 0) {
      return structured
          ? Limits.CHUNK_HEADER + ERROR_HEADER + Failures.wireText(request.message).length
          : Limits.SIMPLE_REPLY_HEADER;
    }
    return switch (request.type) {
      case Command.READ -> readHeader();
      case Command.BLOCK_STATUS ->
          Limits.CHUNK_HEADER + Integer.BYTES + request.extents.size() * Long.BYTES;
      default -> Limits.SIMPLE_REPLY_HEADER;
    };
  }

  /**
   * Lays out a reply, but for the data of a read, which follows it.
   *
   * @param at where in {@code bytes}; {@link #size} bytes are written
   */
  void put(Request request, ByteBuffer bytes, int at) {
    if (request.error != 0) {
      putError(request, bytes, at);
    } else if (request.type == Command.READ) {
      putReadHeader(request, bytes, at);
    } else if (request.type == Command.BLOCK_STATUS) {
      putStatus(request, bytes, at);
    } else {
      putSimple(request, bytes, at);
    }
  }

  private void putReadHeader(Request request, ByteBuffer bytes, int at) {
    if (structured) {
      int length = (int) request.length + Long.BYTES;
      putChunk(request, bytes, at, ReplyType.OFFSET_DATA, length);
      bytes.putLong(at + Limits.CHUNK_HEADER, request.offset);
    } else {
      putSimple(request, bytes, at);
    }
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
    putChunk(request, bytes, at, ReplyType.ERROR, ERROR_HEADER + text.length);
    int payload = at + Limits.CHUNK_HEADER;
    bytes.putInt(payload, request.error);
    bytes.putShort(payload + 4, (short) text.length);
    bytes.put(payload + ERROR_HEADER, text);
  }

  private static void putStatus(Request request, ByteBuffer bytes, int at) {
    Extents extents = request.extents;
    int count = extents.size();
    putChunk(request, bytes, at, ReplyType.BLOCK_STATUS, Integer.BYTES + count * Long.BYTES);
    int payload = at + Limits.CHUNK_HEADER;
    bytes.putInt(payload, BASE_ALLOCATION_ID);
    int entry = payload + Integer.BYTES;
    for (int i = 0; i < count; i++, entry += Long.BYTES) {
      bytes.putInt(entry, (int) extents.length(i)); // within the request, so below 2^32
      bytes.putInt(entry + 4, extents.type(i)); // HOLE and ZERO have the bits of the protocol
    }
  }

  private static void putChunk(Request request, ByteBuffer bytes, int at, int type, int length) {
    bytes.putInt(at, Magic.STRUCTURED_REPLY);
    bytes.putShort(at + 4, (short) ReplyType.FLAG_DONE);
    bytes.putShort(at + 6, (short) type);
    bytes.putLong(at + 8, request.cookie);
    bytes.putInt(at + 16, length);
  }
}
