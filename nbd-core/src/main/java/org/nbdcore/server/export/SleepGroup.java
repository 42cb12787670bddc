package org.nbdcore.server.export;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that sleep unless they are all woken, once and for ever. They share no queue: with as
 * many of them as a connection may have requests in progress, its upkeep would cost more than the
 * sleeping.
 */
final class SleepGroup {

  private final Set<Thread> asleep = ConcurrentHashMap.newKeySet();
  private volatile boolean woken;

  /**
   * Sleeps.
   *
   * @return false if the sleep was cut short or did not start because of {@link #wake}
   */
  boolean sleep(long nanos) throws InterruptedException {
    Thread me = Thread.currentThread();
    long end = System.nanoTime() + nanos;
    asleep.add(me); // before looking at woken, so that one of the two is seen
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

  /** Ends all sleep, also in future. */
  void wake() {
    woken = true;
    asleep.forEach(LockSupport::unpark);
  }

  /** Whether {@link #wake} was called. */
  boolean woken() {
    return woken;
  }
}
