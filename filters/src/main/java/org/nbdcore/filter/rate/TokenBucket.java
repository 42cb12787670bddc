package org.nbdcore.filter.rate;

/**
 * A token bucket. It fills at the rate. A thread that takes more tokens than the bucket contains
 * must wait until the bucket is no longer in debt. Safe for several threads.
 */
final class TokenBucket {

  private final AdjustableRate rate;
  private final double burstSeconds;

  // Guarded by this:
  private double level;
  private long last;
  private boolean started;

  /** Creates a bucket whose capacity is the rate times {@code burstNanos}. */
  TokenBucket(AdjustableRate rate, long burstNanos) {
    this.rate = rate;
    this.burstSeconds = burstNanos / 1e9;
  }

  /** Takes bits at a time of {@link System#nanoTime}; returns the time to wait then. */
  synchronized long take(long bits, long now) {
    long perSecond = rate.bitsPerSecond(now);
    if (!fill(perSecond, now)) {
      return 0;
    }
    level -= bits;
    return level >= 0 ? 0 : (long) Math.min(-level / perSecond * 1e9, Long.MAX_VALUE / 2.0);
  }

  /** Takes bits if this needs no wait. Otherwise takes none and returns false. */
  synchronized boolean tryTake(long bits, long now) {
    if (!fill(rate.bitsPerSecond(now), now)) {
      return true;
    }
    if (level < bits) {
      return false;
    }
    level -= bits;
    return true;
  }

  /** Returns unused bits of {@link #tryTake}. */
  synchronized void refund(long bits) {
    level += bits; // a level above the capacity is reduced when the bucket is filled next
  }

  /** Adds the tokens since the last call; returns false if there is currently no limit. */
  private boolean fill(long perSecond, long now) {
    if (perSecond == 0) {
      started = false;
      return false;
    }
    double capacity = perSecond * burstSeconds;
    if (started) {
      level = Math.min(capacity, level + (now - last) / 1e9 * perSecond);
    } else {
      level = capacity;
      started = true;
    }
    last = now;
    return true;
  }
}
