package org.nbdcore.client;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.Command;

/**
 * A request in flight. The caller fills it in. Until it has ended, only the thread that reads
 * replies for {@link RequestMultiplexer} accesses the other fields.
 *
 * <p>{@link #state} says who owns the buffer. The thread that changes {@code WAITING} becomes the
 * owner: the reader with {@code RECEIVING}, for one chunk, or the caller with {@code ABANDONED},
 * permanently.
 */
final class PendingRequest {

  private static final int WAITING = 0;
  private static final int RECEIVING = 1;
  private static final int ENDED = 2;
  private static final int ABANDONED = 3;

  private static final AtomicIntegerFieldUpdater<PendingRequest> STATE =
      AtomicIntegerFieldUpdater.newUpdater(PendingRequest.class, "state");

  final int command;
  final long offset;
  final long length;
  final Thread thread = Thread.currentThread();

  /**
   * For reads: the buffer for the data, from position 0 to {@link #length}; null once abandoned.
   */
  private volatile @Nullable ByteBuffer dst;

  private final ExtentArray @Nullable [] extents;

  final boolean onlyOne;

  long cookie;

  /** Time when it was sent, as {@link System#nanoTime}. */
  long startedAt;

  /** Completed when the request has ended; null for a call that blocks. */
  @Nullable RequestFuture future;

  private volatile int state;

  /** Why there will be no reply, or null. */
  private volatile @Nullable NbdClientException lost;

  /**
   * Set before the thread tries to become the leader, so that a leader that finishes can wake it.
   */
  volatile boolean waiting;

  volatile boolean done;

  private int error;
  private String serverMessage = "";
  private @Nullable ReceivedRanges coverage;

  PendingRequest(
      int command,
      long offset,
      long length,
      @Nullable ByteBuffer dst,
      ExtentArray @Nullable [] extents,
      boolean onlyOne) {
    this.command = command;
    this.offset = offset;
    this.length = length;
    this.dst = dst;
    this.extents = extents;
    this.onlyOne = onlyOne;
  }

  /** The buffer of a read, for the reader that {@link #receive} let store a part. */
  ByteBuffer dst() {
    return Objects.requireNonNull(dst, "not a read, or abandoned");
  }

  /** True for block status. */
  boolean hasExtents() {
    return extents != null;
  }

  /** For block status: the extents of each context. */
  ExtentArray[] extents() {
    return Objects.requireNonNull(extents, "not a block status");
  }

  ReceivedRanges coverage() {
    if (coverage == null) {
      coverage = new ReceivedRanges();
    }
    return coverage;
  }

  /** Keeps the first error; a reply may hold several. */
  void fail(int value, String message) {
    if (error == 0) {
      error = value;
      serverMessage = message;
    }
  }

  /** The error of the reply, or 0. */
  int error() {
    return error;
  }

  /** Why the request failed, once it has ended; null if it did not. */
  @Nullable NbdClientException failure() {
    NbdClientException reason = lost;
    if (reason != null) {
      return reason;
    }
    return error == 0 ? null : NbdClientException.request(toString(), error, serverMessage);
  }

  /** True if a reply stores data in the caller's buffer. */
  boolean fillsBuffer() {
    return command == Command.READ;
  }

  /**
   * The reader starts to store a part of the reply.
   *
   * @return false if the request was abandoned; then skip the part
   */
  boolean receive() {
    return STATE.compareAndSet(this, WAITING, RECEIVING);
  }

  /** The reader has stored a part that was not the last. */
  void pause() {
    STATE.compareAndSet(this, RECEIVING, WAITING);
  }

  /**
   * Abandons the request: the caller owns the buffer again.
   *
   * @return false if a part of the reply is being stored, or if the request has ended
   */
  boolean abandon() {
    if (STATE.compareAndSet(this, WAITING, ABANDONED)) {
      dst = null;
      return true;
    }
    return state == ABANDONED;
  }

  /** True if the reply must be skipped when it arrives. */
  boolean abandoned() {
    return state == ABANDONED;
  }

  /** The reply is complete. */
  void end() {
    if (STATE.compareAndSet(this, RECEIVING, ENDED)) {
      ended();
    }
  }

  /** There will be no reply, because the connection failed. */
  void lose(NbdClientException reason) {
    if (state != ABANDONED && STATE.getAndSet(this, ENDED) != ENDED) {
      lost = reason;
      ended();
    }
  }

  /** The time limit has passed; false if a part of the reply is being stored. */
  boolean timeOut(NbdClientException reason) {
    if (!STATE.compareAndSet(this, WAITING, ABANDONED)) {
      return false;
    }
    dst = null;
    lost = reason;
    ended();
    return true;
  }

  private void ended() {
    done = true;
    if (future != null) {
      future.partEnded();
    } else {
      LockSupport.unpark(thread);
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return describe(command, offset, length);
  }

  static String describe(int command, long offset, long length) {
    switch (command) {
      case Command.FLUSH:
        return "flush";
      case Command.READ:
        return range("read", offset, length);
      case Command.WRITE:
        return range("write", offset, length);
      case Command.TRIM:
        return range("trim", offset, length);
      case Command.CACHE:
        return range("cache", offset, length);
      case Command.WRITE_ZEROES:
        return range("zero", offset, length);
      default:
        return range("block status", offset, length);
    }
  }

  private static String range(String name, long offset, long length) {
    return name + " of " + length + " bytes at offset " + offset;
  }
}
