package org.nbdcore.server.transmission;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the threads that watch for input without giving up their processor. */
public final class SpinLimit {

  private final AtomicInteger spinning = new AtomicInteger();
  private final int limit;
  private final long maxNanos;

  /**
   * Sets the limits.
   *
   * @param limit threads at a time
   * @param maxNanos how long a thread may watch; 0 to forbid it
   */
  public SpinLimit(int limit, long maxNanos) {
    this.limit = limit;
    this.maxNanos = maxNanos;
  }

  long maxNanos() {
    return maxNanos;
  }

  /** Whether the calling thread may spin; {@link #exit} must follow if so. */
  boolean enter() {
    if (spinning.get() >= limit) {
      return false;
    }
    if (spinning.incrementAndGet() > limit) {
      spinning.decrementAndGet();
      return false;
    }
    return true;
  }

  void exit() {
    spinning.decrementAndGet();
  }
}
