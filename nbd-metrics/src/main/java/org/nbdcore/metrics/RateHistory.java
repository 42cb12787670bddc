package org.nbdcore.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * Samples of an increasing counter at regular intervals, and the rates between them. Not
 * thread-safe.
 */
final class RateHistory {

  /** Number of rates: five minutes at the interval of {@link StatusSampler}. */
  static final int KEPT = 150;

  /** The current rate is an average of this many intervals. */
  private static final int NOW = 2;

  private final long[] samples = new long[KEPT + 1];
  private int next;
  private int count;

  /** Adds a sample. */
  void add(long value) {
    samples[next] = value;
    next = (next + 1) % samples.length;
    count = Math.min(count + 1, samples.length);
  }

  private long sample(int age) {
    return samples[Math.floorMod(next - 1 - age, samples.length)];
  }

  /**
   * The increase per second over the last {@code intervals}, or over fewer if there are not as many
   * samples yet; never negative.
   */
  double rate(int intervals, double seconds) {
    int span = Math.min(intervals, count - 1);
    return span < 1 ? 0 : Math.max(0, (sample(0) - sample(span)) / (span * seconds));
  }

  /** The current increase per second. */
  double now(double seconds) {
    return rate(NOW, seconds);
  }

  /** The increase per second in each interval, the oldest first. */
  List<Double> history(double seconds) {
    List<Double> rates = new ArrayList<>();
    for (int age = count - 2; age >= 0; age--) {
      rates.add(Math.max(0, (double) Math.round((sample(age) - sample(age + 1)) / seconds)));
    }
    return rates;
  }
}
