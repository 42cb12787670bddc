package org.nbdcore.filter.xor;

/** The generator xoshiro256** of Blackman and Vigna, seeded by SplitMix64 as they recommend. */
final class Xoshiro256 {

  private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;

  private Xoshiro256() {}

  /**
   * The first number that the generator returns for a seed. It depends on one word of its state.
   */
  static long first(long seed) {
    long second = scatter(seed + 2 * GOLDEN_RATIO);
    return Long.rotateLeft(second * 5, 7) * 9;
  }

  private static long scatter(long state) {
    long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
