package org.nbdcore.server;

import java.util.ArrayDeque;

/**
 * Direct memory for requests and replies, in sizes that are powers of two. All connections share
 * it, so that what clients send cannot make the server grow without bound: past its budget {@link
 * #acquire} waits until memory comes back. A quarter of the budget is for small slabs only, so that
 * large requests never keep small ones waiting.
 *
 * <p>Its monitor guards every field; nothing is called while it is held.
 */
final class BufferPool {

  private static final int SMALLEST = 12;
  private static final int SMALL = 17; // up to here slabs may come from the reserve
  private static final int LARGEST = 26;
  private static final long RELIEF_MILLIS = 1000;

  private final ArrayDeque<Slab>[] free;
  private final long budget;
  private final long retained;
  private final Runnable relief;
  private long lent;
  private long lentLarge;
  private long kept;

  /**
   * Makes an empty pool.
   *
   * @param budget bytes that may be lent at a time; at least 128 MiB, two of the largest slabs
   * @param retained bytes that are kept for reuse
   * @param relief called now and then by whoever waits for memory, to get some back from clients
   *     that keep it for nothing
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
  BufferPool(long budget, long retained, Runnable relief) {
    if (budget < 2L << LARGEST) {
      throw new IllegalArgumentException("a budget of " + budget + " bytes is too small");
    }
    this.budget = budget;
    this.retained = retained;
    this.relief = relief;
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

  /** How large a slab of at least {@code size} bytes is. */
  static int capacity(int size) {
    int power = Math.max(SMALLEST, 32 - Integer.numberOfLeadingZeros(size - 1));
    if (power > LARGEST) {
      throw new IllegalArgumentException("no buffers of " + size + " bytes");
    }
    return 1 << power;
  }

  private Slab acquire(int size, boolean patient) {
    int capacity = capacity(size);
    while (true) {
      synchronized (this) {
        if (!patient || hasRoom(capacity)) {
          count(capacity);
          Slab slab = free[power(capacity)].pollLast();
          if (slab == null) {
            break;
          }
          kept -= capacity;
          return slab;
        }
        await();
      }
      relief.run();
    }
    return allocate(capacity);
  }

  private boolean hasRoom(int capacity) {
    boolean small = capacity <= 1 << SMALL;
    return lent + capacity <= budget && (small || lentLarge + capacity <= budget - budget / 4);
  }

  private void count(int capacity) {
    lent += capacity;
    if (Math.abs(capacity) > 1 << SMALL) {
      lentLarge += capacity;
    }
  }

  private static int power(int capacity) {
    return 31 - Integer.numberOfLeadingZeros(capacity);
  }

  private void await() {
    try {
      wait(RELIEF_MILLIS);
    } catch (InterruptedException e) {
      // nobody interrupts these threads on purpose; a set flag would close the client's channel
    }
  }

  private Slab allocate(int capacity) {
    try {
      return new Slab(capacity);
    } catch (OutOfMemoryError e) {
      synchronized (this) {
        count(-capacity);
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
      boolean waiters = !hasRoom(1 << LARGEST);
      count(-capacity);
      if (kept + capacity <= retained) {
        kept += capacity;
        free[power(capacity)].addLast(slab);
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
