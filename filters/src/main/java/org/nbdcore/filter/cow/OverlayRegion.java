package org.nbdcore.filter.cow;

/**
 * A group of adjacent blocks, as many as a {@code long} has bits, with one slot of the temporary
 * file for all. Records which of them the file contains. Safe for use by several threads.
 */
final class OverlayRegion {

  /** The most blocks of one region. */
  static final int BLOCKS = Long.SIZE;

  /** The place of a block. */
  enum State {
    /** Only the disk below. */
    BELOW,
    /** The file. */
    HELD,
    /** No place: the block reads as zeroes. */
    ZERO
  }

  private final long slot;

  // A bit for each block. Changed under the monitor. A thread that reads both must read the first
  // one first.
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
    return (zero & bit) == 0 ? State.HELD : State.ZERO;
  }

  /** How many blocks from {@code index} on are in this state. */
  int same(int index, State state) {
    long there = present;
    long bits =
        switch (state) {
          case BELOW -> ~there;
          case HELD -> there & ~zero;
          case ZERO -> there & zero;
        };
    return Long.numberOfTrailingZeros(~(bits >>> index));
  }

  /** Notes that the file has these blocks now. */
  synchronized void hold(int index, int count) {
    long bits = bits(index, count);
    if ((zero & bits) != 0) {
      zero &= ~bits;
    }
    if ((present & bits) != bits) {
      present |= bits;
    }
  }

  /** Notes that these blocks read as zeroes now. */
  synchronized void zero(int index, int count) {
    zero |= bits(index, count);
    present |= bits(index, count);
  }

  private static long bits(int index, int count) {
    return -1L >>> BLOCKS - count << index;
  }
}
