package org.nbdcore.filter.protect;

import java.util.Arrays;
import java.util.List;

/** Which bytes of a disk of a known size are protected: ranges in order that do not touch. */
final class ProtectedAreas {

  private final long[] starts;
  private final long[] ends;
  private final int count;

  ProtectedAreas(List<ProtectedRange> ranges, long size) {
    long[][] parts = new long[ranges.size() * 2][];
    int used = 0;
    for (ProtectedRange range : ranges) {
      long start = Math.min(range.first(), size);
      long end = range.last() >= size ? size : range.last() + 1;
      if (range.complement()) {
        parts[used++] = new long[] {0, start};
        parts[used++] = new long[] {end, size};
      } else {
        parts[used++] = new long[] {start, end};
      }
    }
    Arrays.sort(parts, 0, used, (a, b) -> Long.compare(a[0], b[0]));
    starts = new long[used];
    ends = new long[used];
    int merged = 0;
    for (int i = 0; i < used; i++) {
      if (parts[i][0] >= parts[i][1]) {
        continue;
      }
      if (merged > 0 && parts[i][0] <= ends[merged - 1]) {
        ends[merged - 1] = Math.max(ends[merged - 1], parts[i][1]);
      } else {
        starts[merged] = parts[i][0];
        ends[merged++] = parts[i][1];
      }
    }
    count = merged;
  }

  /** The first protected byte from {@code offset} on; {@link Long#MAX_VALUE} if there is none. */
  long nextStart(long offset) {
    for (int i = 0; i < count; i++) {
      if (offset < ends[i]) {
        return Math.max(offset, starts[i]);
      }
    }
    return Long.MAX_VALUE;
  }

  /** Where the protected range ends that holds {@code offset}. */
  long endOf(long offset) {
    for (int i = 0; i < count; i++) {
      if (offset < ends[i]) {
        return ends[i];
      }
    }
    return offset;
  }
}
