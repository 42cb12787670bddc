package org.nbdcore.server.transmission;

/**
 * Estimates from recent calls whether the device of a connection is fast. A race between threads
 * may lose a sample, which is harmless.
 */
final class LatencyEstimate {

  /** Maximum time of a fast call, besides the time to move its bytes. */
  private static final long QUICK_NANOS = 120_000;

  private static final int SLOW_STEP = 8;
  private static final int LIMIT = 64;
  private static final int ENTER = 24;

  private int score;
  private volatile boolean slow;

  /** True if the receiver should leave calls to workers. */
  boolean slow() {
    return slow;
  }

  /** Adds the duration of a call. */
  void sample(long nanos, long bytes) {
    if (nanos > QUICK_NANOS + (bytes >> 2)) {
      score = Math.min(LIMIT, score + SLOW_STEP);
      if (score >= ENTER && !slow) {
        slow = true;
      }
    } else if (score > 0 && --score == 0) {
      slow = false;
    }
  }

  /** Adds a call that was overtaken because it took too long. */
  void stuck() {
    score = Math.max(score, ENTER);
    slow = true;
  }
}
