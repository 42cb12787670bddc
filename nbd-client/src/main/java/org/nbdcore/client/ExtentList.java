package org.nbdcore.client;

import java.util.Arrays;

/** Lengths and flags of consecutive extents of one meta context. */
final class ExtentList {

  /** More than this a server should not send in one reply. */
  static final int MAX = 1 << 20;

  private int[] values = new int[16];
  private int count;

  /** Adds an extent; the length is an unsigned number. */
  void add(int length, int flags) {
    if (2 * count == values.length) {
      values = Arrays.copyOf(values, values.length * 2);
    }
    values[2 * count] = length;
    values[2 * count + 1] = flags;
    count++;
  }

  int count() {
    return count;
  }

  long length(int index) {
    return Integer.toUnsignedLong(values[2 * index]);
  }

  int flags(int index) {
    return values[2 * index + 1];
  }
}
