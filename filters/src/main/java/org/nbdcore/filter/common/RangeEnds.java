package org.nbdcore.filter.common;

/** Finds ranges of a disk by where they end. */
public final class RangeEnds {

  private RangeEnds() {}

  /**
   * The index of the first range that ends after {@code offset}, or {@code count} if there is none.
   *
   * @param ends where each range ends, ascending
   * @param count how many of {@code ends} are used
   */
  public static int firstAfter(long[] ends, int count, long offset) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
