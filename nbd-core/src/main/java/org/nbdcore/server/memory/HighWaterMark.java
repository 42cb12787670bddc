package org.nbdcore.server.memory;

import java.util.function.LongSupplier;

/**
 * The maximum of a value in the current or the previous period of time. Not safe for use by several
 * threads.
 */
final class HighWaterMark {

  private final LongSupplier nanoTime;
  private final long period;
  private long periodStart;
  private long previous;
  private long maximum;

  /**
   * Creates a mark without a value.
   *
   * @param period nanoseconds
   * @param nanoTime the clock
   */
  HighWaterMark(long period, LongSupplier nanoTime) {
    this.period = period;
    this.nanoTime = nanoTime;
    this.periodStart = nanoTime.getAsLong();
  }

  /** Records a value. */
  void record(long value) {
    maximum = Math.max(maximum, value);
  }

  /**
   * Returns the maximum.
   *
   * @param current the current value, the first one of a new period
   */
  long recent(long current) {
    long time = nanoTime.getAsLong();
    if (time - periodStart >= period) {
      previous = time - periodStart < 2 * period ? maximum : current;
      maximum = current;
      periodStart = time;
    }
    return Math.max(previous, maximum);
  }
}
