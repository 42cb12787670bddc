package org.nbdcore.server.transmission;

import java.nio.ByteBuffer;
import org.nbdcore.log.ServerLog;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Limits;
import org.nbdcore.server.memory.ReplyBuffers;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.Extents;

/**
 * A request, from its header to its result. One thread at a time owns it. The object is reused for
 * later requests.
 */
public final class Request {

  /**
   * Enough bytes for the header of any reply, and for an error with a short message. So a request
   * that fails for lack of memory still gets a reply.
   */
  static final int REPLY_HEADER =
      Limits.EXTENDED_CHUNK_HEADER + ReplyFormat.ERROR_HEADER + Long.BYTES + 64;

  int flags;
  int type;
  long cookie;
  long offset;
  long length;

  /** Bytes that follow the header and have not been received; not negative. */
  long payload;

  /** The error value of the protocol; 0 for none. */
  int error;

  /** The error message, one line. */
  String message;

  /** Whether the offset of the error is known; otherwise the error applies to the whole request. */
  boolean errorLocated;

  /** Offset on the disk at which the request failed, unsigned, if known. */
  long errorOffset;

  /** Time when its header was read, for {@link RequestReporter}. */
  long receivedAt;

  /** Time when its result was known; valid once {@link #reported}. */
  long completedAt;

  /** Whether {@link RequestReporter} has reported it. */
  boolean reported;

  /** The selected contexts that a block status request queries, one bit each. */
  int contexts;

  /**
   * The result of a block status request: one element for each context, null if it is not queried.
   */
  Extents[] statuses;

  /**
   * Buffers of a long zero-copy read. A queued request has them only if its wire can send from
   * files. It keeps them until its reply is written only if they are a range of a file.
   */
  final ReplyBuffers buffers;

  /** Receives the completion; set before the request is submitted. */
  AsyncRequests inFlight;

  /** The result of an asynchronous request. */
  private AsyncResult result;

  /** The payload of a queued write, or the data of its reply to a read; null if there is none. */
  Slab slab;

  /** Header of a queued request's reply; null for a request that the receiver executes itself. */
  final ByteBuffer header;

  /** Data to write after {@link #header}; null if there is none. */
  ByteBuffer data;

  private Request(ReplyBuffers buffers, ByteBuffer header) {
    this.buffers = buffers;
    this.header = header;
  }

  /**
   * Creates the request of a receiver.
   *
   * @param transfers whether its wire can send from files
   */
  static Request served(boolean transfers) {
    return new Request(new ReplyBuffers(transfers), null);
  }

  /**
   * Creates a request for a worker.
   *
   * @param transfers whether its wire can send from files
   */
  static Request queued(boolean transfers) {
    ReplyBuffers buffers = transfers ? new ReplyBuffers(true) : null;
    return new Request(buffers, header());
  }

  /**
   * Allocates direct memory, which the JDK writes without a copy. If a program has used up its
   * JVM's direct memory, uses heap memory, because a request must not be lost for these few bytes.
   */
  private static ByteBuffer header() {
    try {
      return ByteBuffer.allocateDirect(REPLY_HEADER);
    } catch (OutOfMemoryError e) {
      return ByteBuffer.allocate(REPLY_HEADER);
    }
  }

  /** True if the request changes the disk. */
  boolean changes() {
    return type == Command.WRITE || type == Command.WRITE_ZEROES || type == Command.TRIM;
  }

  /** True if the data of its reply is a range of a file. */
  boolean sendsFile() {
    return buffers != null && buffers.file() != null;
  }

  /**
   * Parses the fields after the magic number at {@code at}.
   *
   * @param extended whether the length has 64 bits; it is then unsigned
   */
  void parse(ByteBuffer bytes, int at, boolean extended) {
    flags = bytes.getShort(at + 4) & 0xffff;
    type = bytes.getShort(at + 6) & 0xffff;
    cookie = bytes.getLong(at + 8);
    offset = bytes.getLong(at + 16);
    if (extended) {
      length = bytes.getLong(at + 24);
      // QEMU, up to 11.1 at least, omits the flag in its writes, but the data follows
      boolean data = type == Command.WRITE || (flags & CommandFlags.PAYLOAD_LEN) != 0;
      payload = data ? length : 0;
    } else {
      length = bytes.getInt(at + 24) & 0xffff_ffffL;
      payload = type == Command.WRITE ? length : 0;
    }
    error = 0;
    errorLocated = false;
    message = null;
    contexts = -1;
    statuses = null;
    slab = null;
    data = null;
  }

  /** Copies the header and the result of the validation of another request. */
  void copy(Request other) {
    flags = other.flags;
    type = other.type;
    cookie = other.cookie;
    offset = other.offset;
    length = other.length;
    payload = other.payload;
    errorLocated = other.errorLocated;
    errorOffset = other.errorOffset;
    error = other.error;
    message = other.message;
    receivedAt = other.receivedAt;
    reported = other.reported;
    contexts = other.contexts;
    statuses = null;
    slab = null;
    data = null;
  }

  /** Called when the asynchronous request is complete. */
  void completed(AsyncResult newResult) {
    result = newResult;
    inFlight.completed(this);
  }

  /** Returns its result. Call it once. */
  AsyncResult takeResult() {
    AsyncResult taken = result;
    result = null;
    return taken;
  }

  void fail(int newError, String newMessage) {
    error = newError;
    message = newMessage;
    errorLocated = false;
  }

  /** Fails because there is no memory for this many bytes of the request or its reply. */
  void failForMemory(int bytes) {
    fail(ErrorValue.ENOMEM, "the server has no memory for " + bytes + " bytes");
    ServerLog.LOG.error(message);
  }

  /** Fails at an offset within the range of the request. */
  void fail(int newError, String newMessage, long where) {
    error = newError;
    message = newMessage;
    errorLocated = true;
    errorOffset = where;
  }
}
