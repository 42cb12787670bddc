package org.nbdcore.server.memory;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The threads that wait for memory of the {@link SlabPool}, and their requests for help. A thread
 * waits on the pool's monitor, which guards the fields.
 */
final class MemoryWaiters {

  private static final long RELIEF_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Object monitor;
  private final MemoryLimits limits;
  private final LongConsumer standby;
  private int waiting;

  /**
   * Creates an empty set of waiting threads.
   *
   * @param monitor the pool's
   * @param standby as for the {@link SlabPool}
   */
  MemoryWaiters(Object monitor, MemoryLimits limits, LongConsumer standby) {
    this.monitor = monitor;
    this.limits = limits;
    this.standby = standby;
  }

  /**
   * Blocks until there is room. The caller must hold the monitor.
   *
   * @return false if other connections hold the memory for too long; then call {@link #relieve}
   */
  boolean awaitRoom(int capacity, ConnectionBudget who, SlabPool.Use use) {
    long since = 0;
    while (!limits.hasRoom(capacity, who, use)) {
      long now = System.nanoTime();
      if (since == 0) {
        since = now;
      } else if (now - since >= RELIEF_NANOS
          && (limits.isShort(capacity, use) || exportIsShort(capacity, who, use))) {
        return false;
      }
      await();
    }
    return true;
  }

  private boolean exportIsShort(int capacity, ConnectionBudget who, SlabPool.Use use) {
    return use == SlabPool.Use.PAYLOAD && !limits.exportHasRoom(capacity, who);
  }

  private void await() {
    waiting++;
    try {
      monitor.wait(TimeUnit.NANOSECONDS.toMillis(RELIEF_NANOS));
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
   * Calls the standby functions, which may disconnect clients to free memory. The caller must not
   * hold the monitor, because the functions may return memory.
   */
  void relieve(int capacity, ConnectionBudget who, SlabPool.Use use) {
    boolean everywhere;
    synchronized (monitor) {
      everywhere = limits.isShort(capacity, use);
    }
    if (everywhere || who.export == null) {
      standby.accept(capacity);
    } else {
      who.export.standby().needs(who, capacity);
    }
  }
}
