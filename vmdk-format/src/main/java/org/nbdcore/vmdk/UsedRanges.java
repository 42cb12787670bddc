package org.nbdcore.vmdk;

import java.util.Arrays;

/**
 * The used ranges of a file. Finds ranges that are used twice, and parts that nothing uses. A range
 * takes eight bytes of memory.
 */
final class UsedRanges {
  private static final int LENGTH_BITS = 20;
  private static final long LENGTH_MASK = (1L << LENGTH_BITS) - 1;

  private final long most;
  private long[] ranges = new long[1024];
  private int count;

  /** Receives ranges that overlap the previous one. */
  interface Overlap {
    void found(long sector) throws VmdkException;
  }

  /**
   * @param most maximum number of ranges; a valid file has no room for more
   */
  UsedRanges(long most) {
    this.most = most;
  }

  /**
   * Adds a range.
   *
   * @param sector where it begins, less than 2^43
   * @param length sectors, less than 2^20
   * @throws VmdkException if there are more ranges than the file can hold
   */
  void add(long sector, long length) throws VmdkException {
    if (count >= most) {
      throw new VmdkException(
          "more grains and tables than the file has room for; nothing else is checked");
    }
    if (count == ranges.length) {
      ranges = Arrays.copyOf(ranges, count * 2);
    }
    ranges[count++] = sector << LENGTH_BITS | length & LENGTH_MASK;
  }

  /**
   * Visits the ranges in ascending order.
   *
   * @param end the file's size in sectors
   * @return the number of sectors that are in no range
   */
  long sweep(long end, Overlap overlap) throws VmdkException {
    Arrays.sort(ranges, 0, count);
    long unused = 0;
    long covered = 0;
    for (int i = 0; i < count; i++) {
      long start = ranges[i] >>> LENGTH_BITS;
      if (start < covered) {
        overlap.found(start);
      } else {
        unused += start - covered;
      }
      covered = Math.max(covered, start + (ranges[i] & LENGTH_MASK));
    }
    return unused + Math.max(0, end - covered);
  }
}
