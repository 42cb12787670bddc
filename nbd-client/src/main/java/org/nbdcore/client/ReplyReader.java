package org.nbdcore.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Limits;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.ReplyType;
import org.nbdcore.spi.Zeroes;

/**
 * Reads replies into the requests that they belong to. It checks each reply against the request
 * before it stores a byte. Replies to abandoned requests are checked and skipped. For one thread at
 * a time: the leader of {@link RequestMultiplexer}.
 */
final class ReplyReader {

  /** Maximum data after the message in an error chunk of unknown type. */
  private static final int MAX_ERROR_CHUNK = 1 << 16;

  /** Finds a request by its cookie. */
  interface Requests {
    /** The request, or null. */
    @Nullable PendingRequest find(long cookie);
  }

  private static final ByteBuffer ZEROES = Zeroes.buffer(Zeroes.LARGEST_BUFFER);

  private final WireInput in;
  private final ReplyStyle style;
  private final int[] contextIds;
  private final Requests requests;

  ReplyReader(WireInput in, ReplyStyle style, int[] contextIds, Requests requests) {
    this.in = in;
    this.style = style;
    this.contextIds = contextIds;
    this.requests = requests;
  }

  /** Reads a simple reply or one chunk; returns the request if that was its last, else null. */
  @Nullable PendingRequest next() throws IOException {
    int magic = in.readInt();
    if (style == ReplyStyle.EXTENDED) {
      if (magic == Magic.EXTENDED_REPLY) {
        return chunk();
      }
    } else if (magic == Magic.SIMPLE_REPLY) {
      return simple();
    } else if (magic == Magic.STRUCTURED_REPLY && style == ReplyStyle.STRUCTURED) {
      return chunk();
    }
    throw broken("a reply begins with 0x" + Integer.toHexString(magic));
  }

  private PendingRequest simple() throws IOException {
    int error = in.readInt();
    PendingRequest request = find(in.readLong());
    boolean wanted = request.receive();
    if (error != 0) {
      request.fail(error, "");
      return request;
    }
    if (style == ReplyStyle.STRUCTURED
        && (request.command == Command.READ || request.hasExtents())) {
      throw broken(request + " got a simple reply, but structured replies were negotiated");
    }
    if (request.command == Command.READ) {
      if (wanted) {
        in.readFully(request.dst());
      } else {
        in.skip(request.length);
      }
    }
    return request;
  }

  private @Nullable PendingRequest chunk() throws IOException {
    boolean last = (in.readShort() & ReplyType.FLAG_DONE) != 0;
    int type = Short.toUnsignedInt(in.readShort());
    PendingRequest request = find(in.readLong());
    boolean wanted = request.receive();
    long length = style == ReplyStyle.EXTENDED ? extendedLength(request) : unsignedInt();
    switch (type) {
      case ReplyType.NONE:
        if (length != 0 || !last) {
          throw broken(request + " got an empty chunk that is not empty or not the last");
        }
        break;
      case ReplyType.OFFSET_DATA:
        data(request, length, wanted);
        break;
      case ReplyType.OFFSET_HOLE:
        hole(request, length, wanted);
        break;
      case ReplyType.BLOCK_STATUS:
      case ReplyType.BLOCK_STATUS_EXT:
        blockStatus(request, type, length);
        break;
      default:
        error(request, type, length);
    }
    if (last) {
      checkComplete(request);
      return request;
    }
    request.pause();
    return null;
  }

  private long unsignedInt() throws IOException {
    return Integer.toUnsignedLong(in.readInt());
  }

  private long extendedLength(PendingRequest request) throws IOException {
    long offset = in.readLong();
    long length = in.readLong();
    if (offset != request.offset || length < 0) {
      throw broken(request + " got a chunk of " + length + " bytes for offset " + offset);
    }
    return length;
  }

  private PendingRequest find(long cookie) throws IOException {
    PendingRequest request = requests.find(cookie);
    if (request == null) {
      throw broken("a reply has the cookie 0x" + Long.toHexString(cookie) + ", which is unknown");
    }
    return request;
  }

  private void data(PendingRequest request, long length, boolean wanted) throws IOException {
    long start = contentStart(request, length < 9 ? -1 : length - 8);
    if (!wanted) {
      in.skip(length - 8);
      return;
    }
    ByteBuffer dst = request.dst();
    dst.limit((int) (start + length - 8)).position((int) start);
    in.readFully(dst);
  }

  private void hole(PendingRequest request, long length, boolean wanted) throws IOException {
    if (length != 12) {
      throw broken(request + " got a hole chunk of " + length + " bytes instead of 12");
    }
    int start = (int) contentStart(request, -2);
    int end = holeEnd;
    if (!wanted) {
      return;
    }
    ByteBuffer dst = request.dst();
    dst.clear();
    while (start < end) {
      int step = Math.min(end - start, ZEROES.capacity());
      dst.put(start, ZEROES, 0, step);
      start += step;
    }
  }

  /** End of the hole that was just checked. */
  private int holeEnd;

  /**
   * Reads a content chunk's offset and checks its range.
   *
   * @param count bytes of content, -1 if the chunk is too short, -2 if the hole's size follows
   * @return its start within the request
   */
  private long contentStart(PendingRequest request, long count) throws IOException {
    if (request.command != Command.READ || count == -1) {
      throw broken(request + " got a content chunk that does not belong there");
    }
    long start = in.readLong() - request.offset;
    long size = count == -2 ? Integer.toUnsignedLong(in.readInt()) : count;
    if (start < 0 || start > request.length || size > request.length - start || size == 0) {
      throw broken(
          request
              + " got "
              + size
              + " bytes of content for offset "
              + Long.toUnsignedString(start + request.offset));
    }
    if (!request.coverage().add((int) start, (int) size)) {
      throw broken(request + " got the same bytes twice, at " + (start + request.offset));
    }
    holeEnd = (int) (start + size);
    return start;
  }

  private void blockStatus(PendingRequest request, int type, long length) throws IOException {
    boolean wide = type == ReplyType.BLOCK_STATUS_EXT;
    int head = wide ? 8 : 4;
    int each = wide ? 16 : 8;
    if (!request.hasExtents()
        || wide != (style == ReplyStyle.EXTENDED)
        || length < head + each
        || (length - head) % each != 0) {
      throw broken(request + " got a block status chunk that does not belong there");
    }
    long count = (length - head) / each;
    if (count > (request.onlyOne ? 1 : ExtentArray.MAX)) {
      throw broken(request + " got " + count + " extents");
    }
    ExtentArray list = extents(request);
    if (wide && unsignedInt() != count) {
      throw broken(request + " got a wrong number of extents in its header");
    }
    for (long i = 0; i < count; i++) {
      long size = wide ? in.readLong() : unsignedInt();
      if (size == 0) {
        throw broken(request + " got an extent of length 0");
      }
      // an extent larger than any disk ends at the maximum size
      list.add(size < 0 ? Long.MAX_VALUE : size, wide ? (int) in.readLong() : in.readInt());
    }
  }

  /** Returns the extents of the meta context whose number follows. */
  private ExtentArray extents(PendingRequest request) throws IOException {
    int id = in.readInt();
    int index = 0;
    while (index < contextIds.length && contextIds[index] != id) {
      index++;
    }
    if (index == contextIds.length || request.extents()[index] != null) {
      throw broken(request + " got meta context number " + id + ", unknown or for the second time");
    }
    request.extents()[index] = new ExtentArray();
    return request.extents()[index];
  }

  private void error(PendingRequest request, int type, long length) throws IOException {
    if (type < ReplyType.ERROR || length < 6 || length > MAX_ERROR_CHUNK) {
      throw broken(request + " got a chunk of type " + type + " and length " + length);
    }
    int value = in.readInt();
    int textLength = Short.toUnsignedInt(in.readShort());
    if (textLength > length - 6 || textLength > Limits.MAX_STRING) {
      throw broken(request + " got an error message of " + textLength + " bytes");
    }
    String text = ErrorTexts.printable(in.readBytes(textLength));
    in.skip(length - 6 - textLength);
    request.fail(value == 0 ? ErrorValue.EINVAL : value, text);
  }

  private void checkComplete(PendingRequest request) throws IOException {
    if (request.error() != 0) {
      return;
    }
    if (request.command == Command.READ && !request.coverage().isComplete(request.length)) {
      throw broken(request + " got only a part of the data");
    }
    if (request.hasExtents()) {
      for (ExtentArray list : request.extents()) {
        if (list == null) {
          throw broken(request + " got no extents for one of the meta contexts");
        }
      }
    }
  }

  private static NbdClientException broken(String why) {
    return NbdClientException.broken("the server broke the protocol: " + why, null);
  }
}
