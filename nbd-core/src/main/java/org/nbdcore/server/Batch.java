package org.nbdcore.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Replies that a receiver gathers, to write several at once. Its memory is borrowed only while
 * there is something in it. Used by the receiver's thread, and by the monitor while it overtakes.
 */
final class Batch {

  private final Outbox outbox;
  private final Wire wire;
  private final BufferPool pool;
  private final ByteBuffer[] pair = new ByteBuffer[2];
  private Slab slab;
  private int length;

  Batch(Transmission transmission) {
    outbox = transmission.outbox;
    wire = transmission.wire;
    pool = transmission.pool;
  }

  /** Where the next reply begins; valid after {@link #reserve}. */
  int length() {
    return length;
  }

  /** The memory of the batch; valid after {@link #reserve}. */
  Slab slab() {
    return slab;
  }

  /** Makes room for {@code size} bytes behind {@link #length}, writing what is there if need be. */
  void reserve(int size) throws IOException {
    if (length + size > Receiver.SLAB) {
      flush();
    }
    if (slab == null) {
      slab = pool.acquire(Receiver.SLAB);
    }
  }

  /** Counts {@code size} bytes as part of the batch. */
  void add(int size) {
    length += size;
  }

  /** Writes everything, or leaves it to the thread that writes at the moment. */
  void flush() throws IOException {
    if (length == 0) {
      return;
    }
    ByteBuffer replies = slab.view(0, length);
    length = 0;
    if (!outbox.begin()) {
      Slab full = slab;
      slab = null;
      outbox.send(replies, full);
      return;
    }
    try {
      wire.write(replies);
    } catch (IOException e) {
      outbox.abandon(e);
      throw e;
    }
    outbox.end();
  }

  /**
   * Writes everything with {@code data} right behind it.
   *
   * @return false, with nothing done, if another thread writes at the moment
   */
  boolean flushWith(ByteBuffer data) throws IOException {
    if (!outbox.begin()) {
      return false;
    }
    pair[0] = slab.view(0, length);
    pair[1] = data;
    length = 0;
    try {
      wire.write(pair, 2);
    } catch (IOException e) {
      outbox.abandon(e);
      throw e;
    }
    outbox.end();
    return true;
  }

  /** Moves what is gathered to the new batch of an overtaking receiver. */
  void moveTo(Batch other) {
    if (length > 0) {
      other.slab = pool.acquireNow(Receiver.SLAB);
      other.slab.bytes.put(0, slab.bytes, 0, length);
      other.length = length;
      length = 0;
    }
  }

  /** Gives back the memory if the batch is empty. */
  void rest() {
    if (length == 0) {
      pool.release(slab);
      slab = null;
    }
  }

  /** Gives back the memory with what is in it. */
  void discard() {
    length = 0;
    rest();
  }
}
