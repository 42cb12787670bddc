package org.nbdcore.filter.rate;

/**
 * A token bucket. It fills at the rate. A thread that takes more tokens than there are must wait
 * until the bucket is no longer in debt. Safe for several threads.
 */
final class TokenBucket {

  private final AdjustableRate rate;
  private final double burstSeconds;

  // Guarded by this:
  private double level;
  private long last;
  private boolean filled;

  /** Holds what comes in during {@code burstNanos} at most. */
  TokenBucket(AdjustableRate rate, long burstNanos) {
    this.rate = rate;
    this.burstSeconds = burstNanos / 1e9;
  }

  /** Takes bits at a time of {@link System#nanoTime}; returns how long to wait then. */
  synchronized long take(long bits, long now) {
    long perSecond = rate.bitsPerSecond(now);
    if (!fill(perSecond, now)) {
      return 0;
    }
    level -= bits;
    return level >= 0 ? 0 : (long) Math.min(-level / perSecond * 1e9, Long.MAX_VALUE / 2.0);
  }

  /** Takes bits if that needs no wait; otherwise takes none. */
  synchronized boolean takeNow(long bits, long now) {
    if (!fill(rate.bitsPerSecond(now), now)) {
      return true;
    }
    if (level < bits) {
      return false;
    }
    level -= bits;
    return true;
  }

  /** Returns what {@link #takeNow} took, if they were not used. */
  synchronized void giveBack(long bits) {
    level += bits; // more than the bucket holds runs over when it is filled next
  }

  /** Adds the tokens since the last call; returns false if there is currently no limit. */
  private boolean fill(long perSecond, long now) {
    if (perSecond == 0) {
      filled = false;
      return false;
    }
    double capacity = perSecond * burstSeconds;
    if (filled) {
      level = Math.min(capacity, level + (now - last) / 1e9 * perSecond);
    } else {
      level = capacity;
      filled = true;
    }
    last = now;
    return true;
  }
}
