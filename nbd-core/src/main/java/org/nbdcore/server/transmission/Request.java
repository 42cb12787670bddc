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
 * A request, from its header to its result. One thread at a time has it; the fields are reused for
 * the next request.
 */
public final class Request {

  /**
   * Room for the header of any reply, and for an error with a short message. A request that fails
   * because memory is short gets its reply nevertheless.
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

  /** The error, as a number of the protocol; 0 if nothing. */
  int error;

  /** A line about the error. */
  String message;

  /** Whether the offset of the error is known; otherwise the error applies to the whole request. */
  boolean errorLocated;

  /** Offset on the disk at which the request failed, unsigned, if known. */
  long errorOffset;

  /** When its header was read, for {@link RequestReporter}. */
  long receivedAt;

  /** When its result was known; valid once {@link #reported}. */
  long completedAt;

  /** Whether {@link RequestReporter} has reported it. */
  boolean reported;

  /** The selected contexts that a block status request asks for, a bit each. */
  int contexts;

  /** The answer to a block status request: one for each context, null if it is not asked for. */
  Extents[] statuses;

  /**
   * Buffers of a long zero-copy read. A queued request has them only if its wire sends from files,
   * and keeps them until its reply has been written only if they are a range of a file.
   */
  final ReplyBuffers loan;

  /** Whom {@link #completed} informs; set before the request is started. */
  AsyncRequests inFlight;

  /** The result of an asynchronous request. */
  private AsyncResult result;

  /** The payload of a queued write, or the data of its reply to a read; null if there is none. */
  Slab slab;

  /** Header of a queued request's reply; null for a request that is served on the spot. */
  final ByteBuffer header;

  /** Data to write after {@link #header}; null if there is none. */
  ByteBuffer data;

  private Request(ReplyBuffers loan, ByteBuffer header) {
    this.loan = loan;
    this.header = header;
  }

  /**
   * For a receiver, which serves on the spot.
   *
   * @param transfers whether its wire sends from files
   */
  static Request served(boolean transfers) {
    return new Request(new ReplyBuffers(transfers), null);
  }

  /**
   * A request for a worker.
   *
   * @param transfers whether its wire sends from files
   */
  static Request queued(boolean transfers) {
    ReplyBuffers loan = transfers ? new ReplyBuffers(true) : null;
    return new Request(loan, header());
  }

  /**
   * Direct memory, which need not be copied to be written. A program may have used up what its JVM
   * has; a request must not be lost for these few bytes, nor what it holds.
   */
  private static ByteBuffer header() {
    try {
      return ByteBuffer.allocateDirect(REPLY_HEADER);
    } catch (OutOfMemoryError e) {
      return ByteBuffer.allocate(REPLY_HEADER);
    }
  }

  /** Whether it changes the disk. */
  boolean changes() {
    return type == Command.WRITE || type == Command.WRITE_ZEROES || type == Command.TRIM;
  }

  /** Whether the data of its reply is sent from a file. */
  boolean lendsFile() {
    return loan != null && loan.file() != null;
  }

  /**
   * Reads the fields behind the magic number at {@code at}.
   *
   * @param extended whether the length has 64 bits; it is negative from 2^63 on
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

  /** Becomes a copy of another request's header and check. */
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

  /** The asynchronous request is complete. */
  void completed(AsyncResult newResult) {
    result = newResult;
    inFlight.ended(this);
  }

  /** Its result, once. */
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

  /** There is no memory for so many bytes of the request or its reply. */
  void noMemory(int bytes) {
    fail(ErrorValue.ENOMEM, "the server has no memory for " + bytes + " bytes");
    ServerLog.LOG.error(message);
  }

  /** The same at a place, which lies within the range of the request. */
  void fail(int newError, String newMessage, long where) {
    error = newError;
    message = newMessage;
    errorLocated = true;
    errorOffset = where;
  }
}
