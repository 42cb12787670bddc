package org.nbdcore.filter.common;

/** Finds ranges of a disk by their ends, with a binary search. */
public final class RangeEnds {

  private RangeEnds() {}

  /**
   * The index of the first range that ends after {@code offset}, or {@code count} if there is none.
   *
   * @param ends the end of each range, ascending
   * @param count number of elements of {@code ends} in use
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
