package org.nbdcore.server.memory;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The threads that wait for memory of the {@link SlabPool}, and their requests for help. A thread
 * waits on the pool's monitor, which guards the fields.
 */
final class MemoryWaiters {

  private static final long RECLAIM_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Object monitor;
  private final MemoryLimits limits;
  private final LongConsumer reclaimer;
  private int waiting;

  /**
   * Creates an empty set of waiting threads.
   *
   * @param monitor the pool's
   * @param reclaimer as for the {@link SlabPool}
   */
  MemoryWaiters(Object monitor, MemoryLimits limits, LongConsumer reclaimer) {
    this.monitor = monitor;
    this.limits = limits;
    this.reclaimer = reclaimer;
  }

  /**
   * Blocks until there is room. The caller must hold the monitor.
   *
   * @return false if other connections hold the memory for too long; then call {@link #reclaim}
   */
  boolean awaitRoom(int capacity, ConnectionBudget who, SlabPool.Use use) {
    long since = 0;
    while (!limits.hasRoom(capacity, who, use)) {
      long now = System.nanoTime();
      if (since == 0) {
        since = now;
      } else if (now - since >= RECLAIM_NANOS
          && (limits.mustWaitForOthers(capacity, use) || mustWaitForExport(capacity, who, use))) {
        return false;
      }
      await();
    }
    return true;
  }

  private boolean mustWaitForExport(int capacity, ConnectionBudget who, SlabPool.Use use) {
    return use == SlabPool.Use.PAYLOAD && !limits.exportHasRoom(capacity, who);
  }

  private void await() {
    waiting++;
    try {
      monitor.wait(TimeUnit.NANOSECONDS.toMillis(RECLAIM_NANOS));
    } catch (InterruptedException e) {
      // the server never interrupts its threads, and a pending interrupt would close the channel
    } finally {
      waiting--;
    }
  }

  /** Wakes the threads after memory was returned. The caller must hold the monitor. */
  void wake() {
    if (waiting > 0) {
      monitor.notifyAll();
    }
  }

  /**
   * Calls the reclaimers, which may disconnect clients to free memory. The caller must not hold the
   * monitor, because the functions may return memory.
   */
  void reclaim(int capacity, ConnectionBudget who, SlabPool.Use use) {
    boolean everywhere;
    synchronized (monitor) {
      everywhere = limits.mustWaitForOthers(capacity, use);
    }
    if (everywhere || who.export == null) {
      reclaimer.accept(capacity);
    } else {
      who.export.reclaimer().reclaim(who, capacity);
    }
  }
}
