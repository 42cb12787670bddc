package org.nbdcore.plugin.vddk;

import java.util.concurrent.Semaphore;

/**
 * Limits the bytes in flight to one disk. The server's NFC memory is small, and all its clients
 * share it. Requests beyond it fail with "NFC error 5".
 */
final class InFlightBudget {

  private static final int UNIT = 4096;

  private final int units;
  private final Semaphore free;

  /**
   * @param bytes may be in flight at a time
   */
  InFlightBudget(long bytes) {
    units = (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / UNIT));
    free = new Semaphore(units, true);
  }

  private int units(long bytes) {
    return (int) Math.max(1, Math.min(units, (bytes + UNIT - 1) / UNIT));
  }

  /**
   * Acquires bytes without blocking, if they are available and no thread waits for them. A single
   * call may exceed the budget.
   */
  boolean tryAcquire(long bytes) {
    return !free.hasQueuedThreads() && free.tryAcquire(units(bytes));
  }

  /** Acquires bytes, and blocks until they are available. */
  void acquire(long bytes) {
    free.acquireUninterruptibly(units(bytes));
  }

  /** Releases acquired bytes. */
  void release(long bytes) {
    free.release(units(bytes));
  }
}
