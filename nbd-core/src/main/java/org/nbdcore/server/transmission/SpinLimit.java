package org.nbdcore.server.transmission;

import java.util.concurrent.atomic.AtomicInteger;

/** Limits the number of threads that spin while they wait for input. */
public final class SpinLimit {

  private final AtomicInteger spinning = new AtomicInteger();
  private final int limit;
  private final long maxNanos;

  /**
   * Sets the limits.
   *
   * @param limit maximum number of threads that spin at the same time
   * @param maxNanos maximum time to spin in nanoseconds; 0 to disable spinning
   */
  public SpinLimit(int limit, long maxNanos) {
    this.limit = limit;
    this.maxNanos = maxNanos;
  }

  long maxNanos() {
    return maxNanos;
  }

  /** Returns true if the calling thread may spin. Call {@link #exit} afterwards in that case. */
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
