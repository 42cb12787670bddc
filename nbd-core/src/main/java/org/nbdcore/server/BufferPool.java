package org.nbdcore.server;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Direct memory for requests and replies, in sizes that are powers of two. All connections share
 * it, so that what clients send cannot make the server grow without bound: past its budget {@link
 * #acquire} waits until memory comes back. A quarter of the budget is for small slabs only, so that
 * large requests never keep small ones waiting.
 *
 * <p>What comes back is kept for the next request, so that all the memory there is, lent and kept,
 * stays within what was lent at a time lately. Without that a busy server would allocate for each
 * request, and leave the rest to the garbage collector, which does not see how much memory hangs on
 * a buffer.
 *
 * <p>Its monitor guards every field; nothing is called while it is held.
 */
final class BufferPool {

  private static final int SMALLEST = 12;
  private static final int SMALL = 17; // up to here slabs may come from the reserve
  private static final int LARGEST = 26;
  private static final long RELIEF_MILLIS = 1000;

  private static final long LATELY = TimeUnit.SECONDS.toNanos(10);

  private final ArrayDeque<Slab>[] free;
  private final long budget;
  private final long retained;
  private final Runnable relief;
  private final Peak peak;
  private long lent;
  private long lentLarge;
  private long kept;

  /**
   * Makes an empty pool.
   *
   * @param budget bytes that may be lent at a time; at least 128 MiB, two of the largest slabs
   * @param retained bytes that are kept for reuse however little was lent lately
   * @param relief called now and then by whoever waits for memory, to get some back from clients
   *     that keep it for nothing
   */
  BufferPool(long budget, long retained, Runnable relief) {
    this(budget, retained, relief, new Peak(LATELY, System::nanoTime));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
  BufferPool(long budget, long retained, Runnable relief, Peak peak) {
    if (budget < 2L << LARGEST) {
      throw new IllegalArgumentException("a budget of " + budget + " bytes is too small");
    }
    this.budget = budget;
    this.retained = retained;
    this.relief = relief;
    this.peak = peak;
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
          peak.see(lent);
          Slab slab = free[power(capacity)].pollLast();
          if (slab == null) {
            shrink(power(capacity));
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
      free[power(capacity)].addLast(slab);
      kept += capacity;
      shrink(power(capacity));
      if (waiters) {
        notifyAll();
      }
    }
  }

  /** Keeps no more than was lent lately; of this size, which is in use now, as much as can be. */
  private void shrink(int power) {
    if (kept <= retained) {
      return;
    }
    long limit = Math.max(retained, peak.recent(lent) - lent);
    for (int i = LARGEST; i >= SMALLEST; i--) {
      if (i != power) {
        drop(i, limit);
      }
    }
    drop(power, limit);
  }

  /** Leaves slabs of one size to the garbage collector, until not more is kept than wanted. */
  private void drop(int power, long limit) {
    while (kept > limit && !free[power].isEmpty()) {
      kept -= free[power].pollFirst().capacity();
    }
  }

  /** Bytes kept at the moment. */
  synchronized long kept() {
    return kept;
  }

  /** Bytes lent at the moment. */
  synchronized long lent() {
    return lent;
  }
}
