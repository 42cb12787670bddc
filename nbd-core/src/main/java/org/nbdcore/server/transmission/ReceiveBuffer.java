package org.nbdcore.server.transmission;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.nbdcore.server.memory.Slab;
import org.nbdcore.server.memory.SlabPool;
import org.nbdcore.server.wire.Wire;

/**
 * Bytes that a receiver has read from its client and not yet parsed. Used by the receiver's thread,
 * and by the monitor while it overtakes the receiver.
 */
final class ReceiveBuffer {

  /** Bytes to read ahead while requests have long payloads; more would only be copied again. */
  private static final int PAYLOAD_READ_AHEAD = 1 << 10;

  /** Idle time after which the memory returns to the pool. */
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Pause after a failed allocation, because the JVM takes long to fail. */
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Time after which an incomplete payload keeps only memory for the bytes received. */
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Up to this many bytes (part of a header) wait on the heap, without a slab. */
  private static final int HEAP_BYTES = 64;

  private final Transmission t;
  private final ReplyBatch batch;
  private final SpinWait spinWait;
  private Slab slab;
  private int from;
  private int to;
  private int readAhead = Receiver.SLAB; // bytes to read when a header is expected
  private long waitsSince; // start of the wait for the needed bytes; 0 without a wait
  private Slab arriving; // the payload that is being received

  /**
   * Starts with the bytes from {@code from} to {@code to} of a slab, and takes ownership of the
   * slab.
   */
  ReceiveBuffer(Transmission transmission, ReplyBatch batch, Slab slab, int from, int to) {
    this.t = transmission;
    this.batch = batch;
    this.slab = slab;
    this.from = from;
    this.to = to;
    spinWait = new SpinWait(transmission.wire, transmission.spinLimit);
  }

  /** The memory; valid while bytes are available. */
  ByteBuffer bytes() {
    return slab.bytes;
  }

  int available() {
    return to - from;
  }

  /** Consumes {@code size} available bytes and returns their offset. */
  int take(int size) {
    int at = from;
    from += size;
    return at;
  }

  /** The bytes that {@link #take} has consumed, for a device to write. */
  ByteBuffer view(int at, int size) {
    return slab.view(at, size);
  }

  /**
   * Reads until {@code size} bytes are available, at most {@link Receiver#SLAB}.
   *
   * @return false if the client or the server ended the connection before that
   */
  boolean need(int size) throws IOException {
    waitsSince = 0;
    while (available() < size) {
      if (from == to) {
        from = 0;
        to = 0;
      } else if (from + size > slab.capacity()) {
        slab.bytes.put(0, slab.bytes, from, to - from);
        to -= from;
        from = 0;
      }
      int room = Math.max(size - available(), Math.min(readAhead, slab.capacity() - to));
      int count = read(slab.view(to, room));
      if (count < 0) {
        return false;
      }
      to += count;
    }
    readAhead = Receiver.SLAB;
    return true;
  }

  /**
   * Receives a payload of {@code size} bytes: into {@code target} if they arrive quickly, otherwise
   * into memory for the bytes received so far, because more may never arrive.
   *
   * @param target with room for the payload; this object owns it from now on
   * @return the slab with the payload; the caller owns it
   */
  Slab receive(Slab target, int size) throws IOException {
    arriving = target;
    int done = Math.min(size, available());
    arriving.bytes.put(0, slab.bytes, take(done), done);
    int progress = 0;
    long slow = 0;
    while (done < size) {
      if (done >= progress) {
        t.payloadProgress();
        progress = done + Wire.PROGRESS;
        slow = slow == 0 ? System.nanoTime() + SLOW_NANOS : slow;
      }
      if (done == arriving.capacity()) {
        t.payloadWaits();
        moveArriving(t.pool.acquireMore(2 * done), done);
        t.payloadProgress();
      }
      int end = Math.min(size, arriving.capacity());
      int count = read(arriving.view(done, end - done));
      if (count < 0) {
        throw new EOFException("the client disconnected in the middle of a write");
      }
      done += count;
      int needed = Math.max(done, 1);
      if (SlabPool.capacity(needed) <= arriving.capacity() / 4 && System.nanoTime() - slow >= 0) {
        Slab smaller = tryAcquire(needed);
        if (smaller != null) {
          moveArriving(smaller, done);
          releaseInput();
        } else {
          slow = System.nanoTime() + RETRY_NANOS;
        }
      }
    }
    t.payloadComplete();
    readAhead = PAYLOAD_READ_AHEAD;
    if (slab == null) {
      acquireInput();
    }
    Slab received = arriving;
    arriving = null;
    return received;
  }

  /**
   * Acquires a smaller slab to replace a larger one. Returns null if the JVM has no memory, for
   * example because a plugin uses the direct memory. The caller then keeps the larger slab.
   */
  private Slab tryAcquire(int size) {
    try {
      return t.pool.acquireNow(size);
    } catch (OutOfMemoryError e) {
      return null;
    }
  }

  private void moveArriving(Slab other, int length) {
    arriving.copyTo(other, length);
    t.pool.release(arriving);
    arriving = other;
  }

  /** Discards {@code size} bytes. */
  void skip(long size) throws IOException {
    long left = size;
    while (left > 0) {
      if (available() == 0 && !need(1)) {
        throw new EOFException("the client disconnected in the middle of a write");
      }
      int now = (int) Math.min(left, available());
      take(now);
      left -= now;
    }
  }

  /**
   * Reads at least one byte. Returns 0 after a wait, which may have replaced the memory, and -1 at
   * the end.
   */
  private int read(ByteBuffer dst) throws IOException {
    int count = t.wire.read(dst);
    if (count != 0) {
      return count;
    }
    batch.flush();
    if (t.stopping()) {
      return -1;
    }
    count = spinWait.read(dst, t.queue);
    if (count != 0) {
      return count;
    }
    boolean own = slab != null && dst == slab.view;
    if (own && waitsSince != 0 && System.nanoTime() - waitsSince >= IDLE_NANOS) {
      awaitInput();
      return 0;
    }
    waitsSince = waitsSince == 0 ? System.nanoTime() : waitsSince;
    spinWait.await(slab == null ? Long.MAX_VALUE : IDLE_NANOS);
    return t.wire.read(dst);
  }

  /** Waits for input. Keeps memory only for the available bytes during the wait. */
  private void awaitInput() throws IOException {
    int length = available();
    if (length > 0 && SlabPool.capacity(length) >= slab.capacity()) {
      t.wire.awaitReadable(Long.MAX_VALUE);
      return;
    }
    byte[] few = length > 0 && length <= HEAP_BYTES ? new byte[length] : null;
    Slab kept = null;
    if (few != null) {
      slab.bytes.get(from, few);
    } else if (length > 0) {
      kept = tryAcquire(length);
      if (kept == null) {
        t.wire.awaitReadable(Long.MAX_VALUE);
        return;
      }
      kept.bytes.put(0, slab.bytes, from, length);
    }
    releaseInput();
    try {
      t.wire.awaitReadable(Long.MAX_VALUE);
    } finally {
      restoreInput(few, kept, length);
    }
  }

  private void restoreInput(byte[] few, Slab kept, int length) {
    try {
      acquireInput();
      if (few != null) {
        slab.bytes.put(0, few);
      } else if (kept != null) {
        kept.copyTo(slab, length);
      }
      to = length;
    } finally {
      t.pool.release(kept);
    }
  }

  /** Releases the memory for input, and for replies if there are none. */
  private void releaseInput() {
    t.pool.release(slab);
    slab = null;
    batch.releaseIfEmpty();
  }

  private void acquireInput() {
    slab = t.pool.acquireBase(Receiver.SLAB);
    from = 0;
    to = 0;
  }

  /** Moves the unparsed bytes to a new buffer, for the receiver that overtakes. */
  ReceiveBuffer moveTo(Transmission transmission, ReplyBatch newBatch) {
    Slab copy = t.pool.acquireBaseNow(Receiver.SLAB);
    int length = available();
    copy.bytes.put(0, slab.bytes, from, length);
    ReceiveBuffer moved = new ReceiveBuffer(transmission, newBatch, copy, 0, length);
    from = to;
    return moved;
  }

  void discard() {
    t.pool.release(slab);
    t.pool.release(arriving);
    slab = null;
    arriving = null;
  }
}
