package org.nbdcore.server.transmission;

/**
 * Estimates from recent calls whether the device of a connection is fast. A race between threads
 * may lose a sample, which is harmless.
 */
final class LatencyEstimate {

  /** Maximum time of a fast call, besides the time to move its bytes. */
  private static final long FAST_NANOS = 120_000;

  private static final int SLOW_CALL_SCORE = 8;
  private static final int MAX_SCORE = 64;
  private static final int SLOW_SCORE = 24;

  private int score;
  private volatile boolean slow;

  /** True if the receiver should leave calls to workers. */
  boolean slow() {
    return slow;
  }

  /** Adds the duration of a call. */
  void sample(long nanos, long bytes) {
    if (nanos > FAST_NANOS + (bytes >> 2)) {
      score = Math.min(MAX_SCORE, score + SLOW_CALL_SCORE);
      if (score >= SLOW_SCORE && !slow) {
        slow = true;
      }
    } else if (score > 0 && --score == 0) {
      slow = false;
    }
  }

  /** Adds a call that was overtaken because it took too long. */
  void overtaken() {
    score = Math.max(score, SLOW_SCORE);
    slow = true;
  }
}
