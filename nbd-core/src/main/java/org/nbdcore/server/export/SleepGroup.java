package org.nbdcore.server.export;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets threads sleep until {@link #wake}, which wakes all of them permanently. It does not use a
 * shared wait queue, because for the many threads of a connection such a queue is slow.
 */
final class SleepGroup {

  private final Set<Thread> asleep = ConcurrentHashMap.newKeySet();
  private volatile boolean woken;

  /**
   * Sleeps.
   *
   * @return false if {@link #wake} ended or prevented the sleep
   */
  boolean sleep(long nanos) throws InterruptedException {
    Thread me = Thread.currentThread();
    long end = System.nanoTime() + nanos;
    // before reading woken: either wake() finds this thread, or this thread finds woken
    asleep.add(me);
    try {
      while (!woken) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return true;
        }
        LockSupport.parkNanos(this, left);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      return false;
    } finally {
      asleep.remove(me);
    }
  }

  /** Ends all current and future sleeps. */
  void wake() {
    woken = true;
    asleep.forEach(LockSupport::unpark);
  }

  /** True if {@link #wake} was called. */
  boolean woken() {
    return woken;
  }
}
