package org.nbdcore.client;

import java.util.Arrays;

/** Lengths and flags of consecutive extents of one meta context. */
final class ExtentArray {

  /** Maximum number of extents that a server may send in one reply. */
  static final int MAX = 1 << 20;

  private long[] lengths = new long[16];
  private int[] flags = new int[16];
  private int count;

  /** Adds an extent of at least one byte. */
  void add(long length, int state) {
    if (count == lengths.length) {
      lengths = Arrays.copyOf(lengths, count * 2);
      flags = Arrays.copyOf(flags, count * 2);
    }
    lengths[count] = length;
    flags[count] = state;
    count++;
  }

  int count() {
    return count;
  }

  long length(int index) {
    return lengths[index];
  }

  int flags(int index) {
    return flags[index];
  }
}
