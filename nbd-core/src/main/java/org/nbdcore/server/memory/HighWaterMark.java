package org.nbdcore.server.memory;

import java.util.function.LongSupplier;

/**
 * The largest recent value: of the current period of time or of the previous one. Not safe for use
 * by several threads at once.
 */
final class HighWaterMark {

  private final LongSupplier nanoTime;
  private final long period;
  private long began;
  private long before;
  private long now;

  /**
   * Begins with no value.
   *
   * @param period nanoseconds
   * @param nanoTime the clock
   */
  HighWaterMark(long period, LongSupplier nanoTime) {
    this.period = period;
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
  }

  /** Takes in a value of the figure. */
  void see(long value) {
    now = Math.max(now, value);
  }

  /** The largest value; {@code current}, which is the figure's value now, opens a new period. */
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
