package org.nbdcore.server.transmission;

/**
 * Guesses from the last calls whether the device of a connection answers at once. Races between
 * threads lose a sample now and then, which does no harm.
 */
final class LatencyEstimate {

  /** Maximum time of a fast call, besides the time to move its bytes. */
  private static final long QUICK_NANOS = 120_000;

  private static final int SLOW_STEP = 8;
  private static final int LIMIT = 64;
  private static final int ENTER = 24;

  private int score;
  private volatile boolean slow;

  /** Whether calls had better be left to other threads than the receiver. */
  boolean slow() {
    return slow;
  }

  /** Learns from a call. */
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

  /** Learns from a call that had to be overtaken. */
  void stuck() {
    score = Math.max(score, ENTER);
    slow = true;
  }
}
