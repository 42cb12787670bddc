package org.nbdcore.server.memory;

import java.util.function.LongSupplier;

/**
 * The maximum of a value in the current or the previous period of time. Not safe for use by several
 * threads.
 */
final class HighWaterMark {

  private final LongSupplier nanoTime;
  private final long period;
  private long began;
  private long before;
  private long now;

  /**
   * Creates a mark without a value.
   *
   * @param period nanoseconds
   * @param nanoTime the clock
   */
  HighWaterMark(long period, LongSupplier nanoTime) {
    this.period = period;
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
  }

  /** Records a value. */
  void see(long value) {
    now = Math.max(now, value);
  }

  /**
   * Returns the maximum.
   *
   * @param current the current value, the first one of a new period
   */
  long recent(long current) {
    long time = nanoTime.getAsLong();
    if (time - began >= period) {
      before = time - began < 2 * period ? now : current;
      now = current;
      began = time;
    }
    return Math.max(before, now);
  }
}
