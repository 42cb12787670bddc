package org.nbdcore.filter.xor;

/** The generator xoshiro256** of Blackman and Vigna, seeded by SplitMix64 as they recommend. */
final class Xoshiro256 {

  /** Two steps of SplitMix64: twice 0x9e3779b97f4a7c15, without the bit that does not fit. */
  private static final long TWO_STEPS = 0x3c6ef372fe94f82aL;

  private Xoshiro256() {}

  /**
   * The first number that the generator returns for a seed. It depends on one word of its state.
   */
  static long first(long seed) {
    long second = scatter(seed + TWO_STEPS);
    return Long.rotateLeft(second * 5, 7) * 9;
  }

  private static long scatter(long state) {
    long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
