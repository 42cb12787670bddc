package org.nbdcore.server;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * What a receiver has read from its client and not yet looked at. Used by the receiver's thread,
 * and by the monitor while it overtakes.
 */
final class Input {

  /** Read ahead while requests have long payloads, which would have to be copied out again. */
  private static final int SHORT_AHEAD = 1 << 10;

  /** After so long without a request the memory goes back to the pool. */
  private static final long RESTLESS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Fewer bytes of a payload do not count as progress. */
  static final int PROGRESS = 1 << 16;

  private final Transmission t;
  private final Batch batch;
  private final Spinner spinner;
  private Slab slab;
  private int from;
  private int to;
  private int ahead = Receiver.SLAB; // how much to read when a header is wanted

  /** Begins with what is between {@code from} and {@code to} of a slab, which it owns. */
  Input(Transmission transmission, Batch batch, Slab slab, int from, int to) {
    this.t = transmission;
    this.batch = batch;
    this.slab = slab;
    this.from = from;
    this.to = to;
    spinner = new Spinner(transmission.wire, transmission.spins);
  }

  /** The memory; valid while there is something in it. */
  ByteBuffer bytes() {
    return slab.bytes;
  }

  int available() {
    return to - from;
  }

  /** Passes over {@code size} bytes that are there, and tells where they are. */
  int take(int size) {
    int at = from;
    from += size;
    return at;
  }

  /** What {@link #take} has passed over, for a device to write. */
  ByteBuffer view(int at, int size) {
    return slab.view(at, size);
  }

  /**
   * Reads until {@code size} bytes are there, of which the memory can hold {@link Receiver#SLAB}.
   *
   * @return false if the client or the server ended the connection before that
   */
  boolean need(int size) throws IOException {
    while (available() < size) {
      if (from == to) {
        from = 0;
        to = 0;
      } else if (from + size > slab.capacity()) {
        slab.bytes.put(0, slab.bytes, from, to - from);
        to -= from;
        from = 0;
      }
      int room = Math.max(size - available(), Math.min(ahead, slab.capacity() - to));
      int count = read(slab.view(to, room));
      if (count < 0) {
        return false;
      }
      to += count;
    }
    ahead = Receiver.SLAB;
    return true;
  }

  /** Fills {@code target} with {@code size} bytes, what is there already first. */
  void receive(Slab target, int size) throws IOException {
    int ready = Math.min(size, available());
    target.bytes.put(0, slab.bytes, take(ready), ready);
    int progress = 0;
    for (int done = ready; done < size; ) {
      if (done >= progress) {
        t.payloadProgress();
        progress = done + PROGRESS;
      }
      int count = read(target.view(done, size - done));
      if (count < 0) {
        throw new EOFException("the client left in the middle of a write");
      }
      done += count;
    }
    t.payloadComplete();
    ahead = SHORT_AHEAD;
  }

  /** Throws away {@code size} bytes. */
  void skip(long size) throws IOException {
    long left = size;
    while (left > 0) {
      if (available() == 0 && !need(1)) {
        throw new EOFException("the client left in the middle of a write");
      }
      int now = (int) Math.min(left, available());
      take(now);
      left -= now;
    }
  }

  /**
   * Reads at least one byte, or 0 after a wait that may have replaced the memory; -1 at the end.
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
    count = spinner.read(dst, t.queue);
    if (count != 0) {
      return count;
    }
    spinner.await(RESTLESS_NANOS);
    count = t.wire.read(dst);
    if (count == 0 && from == to && dst == slab.view && !t.stopping()) {
      rest();
    }
    return count;
  }

  /** Waits without memory. */
  private void rest() throws IOException {
    t.pool.release(slab);
    slab = null;
    batch.rest();
    try {
      t.wire.awaitReadable(Long.MAX_VALUE);
    } finally {
      slab = t.pool.acquire(Receiver.SLAB);
      from = 0;
      to = 0;
    }
  }

  /** A new input for an overtaking receiver, with what this one has not looked at. */
  Input moveTo(Transmission transmission, Batch newBatch) {
    Slab copy = t.pool.acquireNow(Receiver.SLAB);
    int length = available();
    copy.bytes.put(0, slab.bytes, from, length);
    from = to;
    return new Input(transmission, newBatch, copy, 0, length);
  }

  void discard() {
    t.pool.release(slab);
    slab = null;
  }
}
