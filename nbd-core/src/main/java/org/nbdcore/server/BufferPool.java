package org.nbdcore.server;

import java.util.ArrayDeque;

/**
 * Direct memory for requests and replies, in sizes that are powers of two. All connections share
 * it, so that what clients send cannot make the server grow without bound: past its budget {@link
 * #acquire} waits until memory comes back.
 *
 * <p>Its monitor guards every field; nothing is called while it is held.
 */
final class BufferPool {

  private static final int SMALLEST = 12;
  private static final int LARGEST = 26;

  private final ArrayDeque<Slab>[] free;
  private final long budget;
  private final long retained;
  private long lent;
  private long kept;

  /**
   * Makes an empty pool.
   *
   * @param budget bytes that may be lent at a time; at least 128 MiB, two of the largest slabs
   * @param retained bytes that are kept for reuse
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
  BufferPool(long budget, long retained) {
    if (budget < 2L << LARGEST) {
      throw new IllegalArgumentException("a budget of " + budget + " bytes is too small");
    }
    this.budget = budget;
    this.retained = retained;
    free = new ArrayDeque[LARGEST + 1];
    for (int i = SMALLEST; i <= LARGEST; i++) {
      free[i] = new ArrayDeque<>();
    }
  }

  /**
   * Lends a slab of at least {@code size} bytes, whose contents are undefined. Waits while the
   * budget is used up.
   */
  Slab acquire(int size) {
    return acquire(size, true);
  }

  /** The same without waiting: the few bytes that the monitor needs may exceed the budget. */
  Slab acquireNow(int size) {
    return acquire(size, false);
  }

  private Slab acquire(int size, boolean patient) {
    int power = Math.max(SMALLEST, 32 - Integer.numberOfLeadingZeros(size - 1));
    if (power > LARGEST) {
      throw new IllegalArgumentException("no buffers of " + size + " bytes");
    }
    int capacity = 1 << power;
    synchronized (this) {
      if (patient) {
        awaitRoom(capacity);
      }
      lent += capacity;
      Slab slab = free[power].pollLast();
      if (slab != null) {
        kept -= capacity;
        return slab;
      }
    }
    return allocate(capacity);
  }

  private synchronized void awaitRoom(int capacity) {
    boolean interrupted = false;
    while (lent + capacity > budget) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Slab allocate(int capacity) {
    try {
      return new Slab(capacity);
    } catch (OutOfMemoryError e) {
      synchronized (this) {
        lent -= capacity;
        notifyAll();
      }
      throw e;
    }
  }

  /** Takes back a slab; null is ignored. */
  void release(Slab slab) {
    if (slab == null) {
      return;
    }
    int capacity = slab.capacity();
    synchronized (this) {
      boolean waiters = lent + (1 << LARGEST) > budget;
      lent -= capacity;
      if (kept + capacity <= retained) {
        kept += capacity;
        free[31 - Integer.numberOfLeadingZeros(capacity)].addLast(slab);
      }
      if (waiters) {
        notifyAll();
      }
    }
  }

  /** Bytes lent at the moment. */
  synchronized long lent() {
    return lent;
  }
}
