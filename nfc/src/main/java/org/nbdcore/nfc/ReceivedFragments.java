package org.nbdcore.nfc;

import java.util.Arrays;

/**
 * Tracks which parts of a read have arrived. Fragments may arrive in any order, but must not
 * overlap.
 */
final class ReceivedFragments {

  private final int total;
  private int[] starts = new int[4];
  private int[] ends = new int[4];
  private int count;
  private int covered;

  ReceivedFragments(int total) {
    this.total = total;
  }

  /**
   * Adds a fragment. Returns false if it is empty, outside the read, or overlaps an earlier one.
   */
  boolean add(int start, int length) {
    if (start < 0 || length <= 0 || start > total - length) {
      return false;
    }
    int end = start + length;
    int at = 0;
    while (at < count && ends[at] <= start) {
      at++;
    }
    if (at < count && starts[at] < end) {
      return false;
    }
    covered += length;
    boolean joinsBefore = at > 0 && ends[at - 1] == start;
    boolean joinsAfter = at < count && starts[at] == end;
    if (joinsBefore && joinsAfter) {
      ends[at - 1] = ends[at];
      remove(at);
    } else if (joinsBefore) {
      ends[at - 1] = end;
    } else if (joinsAfter) {
      starts[at] = start;
    } else {
      insert(at, start, end);
    }
    return true;
  }

  boolean complete() {
    return covered == total;
  }

  private void insert(int at, int start, int end) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      ends = Arrays.copyOf(ends, count * 2);
    }
    System.arraycopy(starts, at, starts, at + 1, count - at);
    System.arraycopy(ends, at, ends, at + 1, count - at);
    starts[at] = start;
    ends[at] = end;
    count++;
  }

  private void remove(int at) {
    count--;
    System.arraycopy(starts, at + 1, starts, at, count - at);
    System.arraycopy(ends, at + 1, ends, at, count - at);
  }
}
