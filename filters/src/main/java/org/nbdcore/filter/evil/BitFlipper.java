package org.nbdcore.filter.evil;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Selects random bits and corrupts them. It draws the distance to the next bit at random, so that a
 * low probability costs little. Safe for use by several threads.
 */
final class BitFlipper {

  /** Stuck bits are computed for blocks of this many bytes, always with the same result. */
  private static final int BLOCK = 4096;

  private static final double MIN_PROBABILITY = 1e-12;
  private static final double MAX_PROBABILITY = 1.0 / 8;
  private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

  private final boolean never;
  private final boolean always;
  private final double logOfMiss;
  private final double stuckProbability;
  private final long seed;
  private final AtomicLong calls = new AtomicLong();

  /**
   * Creates a flipper.
   *
   * @param probability that a bit is affected; below 1e-12 none is, above an eighth all are
   * @param stuckProbability that a stuck bit shows
   */
  BitFlipper(double probability, double stuckProbability, long seed) {
    never = probability < MIN_PROBABILITY;
    always = probability > MAX_PROBABILITY;
    logOfMiss = Math.log1p(-Math.min(probability, MAX_PROBABILITY));
    this.stuckProbability = stuckProbability;
    this.seed = seed;
  }

  long seed() {
    return seed;
  }

  boolean never() {
    return never;
  }

  private SplittableRandom random(long stream) {
    return new SplittableRandom(seed ^ stream * GOLDEN);
  }

  /** The number of unaffected bits before the next affected one. */
  private long gap(SplittableRandom random) {
    return always ? 0 : (long) (Math.log1p(-random.nextDouble()) / logOfMiss);
  }

  /** Flips random bits in a part of a buffer; each call selects other bits. */
  void flip(ByteBuffer buffer, int start, int length) {
    SplittableRandom random = random(~calls.getAndIncrement());
    long bits = 8L * length;
    for (long bit = gap(random); bit < bits; bit += 1 + gap(random)) {
      int at = start + (int) (bit >> 3);
      buffer.put(at, (byte) (buffer.get(at) ^ 1 << (bit & 7)));
    }
  }

  /**
   * Sets or clears the stuck bits in a part of a buffer. {@code origin} is the position of its
   * first byte in the sequence of stuck bits.
   */
  void stick(ByteBuffer buffer, int start, int length, long origin) {
    SplittableRandom shows = stuckProbability < 1 ? random(~calls.getAndIncrement()) : null;
    long end = origin + length;
    for (long block = origin / BLOCK; block * BLOCK < end; block++) {
      SplittableRandom random = random(block);
      for (long bit = gap(random); bit < 8L * BLOCK; bit += 1 + gap(random)) {
        boolean high = random.nextBoolean();
        long at = block * BLOCK + (bit >> 3);
        boolean stuck = shows == null || shows.nextDouble() < stuckProbability;
        if (at >= origin && at < end && stuck) {
          set(buffer, start + (int) (at - origin), 1 << (bit & 7), high);
        }
      }
    }
  }

  private static void set(ByteBuffer buffer, int index, int mask, boolean high) {
    byte old = buffer.get(index);
    buffer.put(index, (byte) (high ? old | mask : old & ~mask));
  }
}
