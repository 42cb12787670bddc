package org.nbdcore.filter.protect;

import java.util.List;
import org.nbdcore.filter.common.RangeEnds;

/** The protected ranges of a disk: ascending, not adjacent. Immutable. */
final class ProtectedRanges {

  private final long[] starts;
  private final long[] ends;
  private final int count;

  /** Combines the ranges of several parameters for a disk of {@code size} bytes. */
  ProtectedRanges(List<ProtectedRange> regions, long size) {
    long[][] pieces = new long[2 * regions.size()][];
    int n = 0;
    for (ProtectedRange region : regions) {
      if (region.complement()) {
        pieces[n++] = new long[] {0, Math.min(region.start(), size)};
        pieces[n++] = new long[] {Math.min(region.end(), size), size};
      } else {
        pieces[n++] = new long[] {Math.min(region.start(), size), Math.min(region.end(), size)};
      }
    }
    java.util.Arrays.sort(pieces, 0, n, (a, b) -> Long.compare(a[0], b[0]));
    starts = new long[n];
    ends = new long[n];
    int joined = 0;
    for (int i = 0; i < n; i++) {
      long start = pieces[i][0];
      long end = pieces[i][1];
      if (joined > 0 && start <= ends[joined - 1]) {
        ends[joined - 1] = Math.max(ends[joined - 1], end);
      } else if (start < end) {
        starts[joined] = start;
        ends[joined] = end;
        joined++;
      }
    }
    count = joined;
  }

  /** The number of ranges. */
  int count() {
    return count;
  }

  /** The first byte of a part. */
  long start(int index) {
    return starts[index];
  }

  /** The byte after the last one of a part. */
  long end(int index) {
    return ends[index];
  }

  /**
   * The index of the first range that ends after {@code offset}, or {@link #count} if there is
   * none.
   */
  int after(long offset) {
    return RangeEnds.firstAfter(ends, count, offset);
  }
}
