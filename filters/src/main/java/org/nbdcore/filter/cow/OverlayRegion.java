package org.nbdcore.filter.cow;

/**
 * A group of adjacent blocks, as many as a {@code long} has bits, with one slot of the temporary
 * file for all. Records which of them the file contains. Safe for use by several threads.
 */
final class OverlayRegion {

  /** The number of blocks in a region. */
  static final int BLOCKS = Long.SIZE;

  /** Where the contents of a block are. */
  enum State {
    /** On the disk below only. */
    BELOW,
    /** In the temporary file. */
    STORED,
    /** Nowhere: the block reads as zeroes. */
    ZERO
  }

  private final long slot;

  // A bit for each block. Changed under the monitor. A thread that reads both must read present
  // first.
  private volatile long present;
  private volatile long zero; // valid only for blocks that are present

  OverlayRegion(long slot) {
    this.slot = slot;
  }

  long slot() {
    return slot;
  }

  State state(int index) {
    long bit = 1L << index;
    if ((present & bit) == 0) {
      return State.BELOW;
    }
    return (zero & bit) == 0 ? State.STORED : State.ZERO;
  }

  /** The number of blocks from {@code index} on that are in this state. */
  int same(int index, State state) {
    long there = present;
    long bits =
        switch (state) {
          case BELOW -> ~there;
          case STORED -> there & ~zero;
          case ZERO -> there & zero;
        };
    return Long.numberOfTrailingZeros(~(bits >>> index));
  }

  /** Records that the file now contains these blocks. */
  synchronized void store(int index, int count) {
    long bits = bits(index, count);
    if ((zero & bits) != 0) {
      zero &= ~bits;
    }
    if ((present & bits) != bits) {
      present |= bits;
    }
  }

  /** Records that these blocks now read as zeroes. */
  synchronized void zero(int index, int count) {
    zero |= bits(index, count);
    present |= bits(index, count);
  }

  private static long bits(int index, int count) {
    return -1L >>> BLOCKS - count << index;
  }
}
