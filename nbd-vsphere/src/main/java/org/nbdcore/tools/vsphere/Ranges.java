package org.nbdcore.tools.vsphere;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;

/** Ranges of a disk in ascending order, each a pair of start and end. */
final class Ranges {

  /** Bytes covered by one request for extents. */
  private static final long WINDOW = 1L << 32;

  private final List<long[]> all = new ArrayList<>();

  void add(long start, long end) {
    long[] last = all.isEmpty() ? null : all.get(all.size() - 1);
    if (last != null && last[1] >= start) {
      last[1] = Math.max(last[1], end);
    } else if (start < end) {
      all.add(new long[] {start, end});
    }
  }

  List<long[]> all() {
    return all;
  }

  /** Returns the gaps between the ranges, up to an end. */
  List<long[]> gaps(long end) {
    List<long[]> gaps = new ArrayList<>();
    long at = 0;
    for (long[] range : all) {
      if (at < range[0]) {
        gaps.add(new long[] {at, range[0]});
      }
      at = range[1];
    }
    if (at < end) {
      gaps.add(new long[] {at, end});
    }
    return gaps;
  }

  long bytes() {
    return all.stream().mapToLong(range -> range[1] - range[0]).sum();
  }

  /**
   * Returns the ranges of one list before an offset, and those of another list after the offset.
   */
  static Ranges joined(Ranges before, long offset, Ranges behind) {
    Ranges joined = new Ranges();
    before.all.forEach(range -> joined.add(range[0], Math.min(range[1], offset)));
    behind.all.forEach(range -> joined.add(Math.max(range[0], offset), range[1]));
    return joined;
  }

  /** Returns the ranges of the disk that hold data. */
  static Ranges ofData(BlockDevice disk) throws IOException {
    Ranges data = new Ranges();
    long size = disk.size();
    if (!disk.capabilities().extents()) {
      data.add(0, size);
      return data;
    }
    long[] at = {0};
    while (at[0] < size) {
      long end = Math.min(size, at[0] + WINDOW);
      disk.extents(
          at[0],
          end - at[0],
          Flags.NONE,
          new ExtentSink() {
            @Override
            public boolean add(long offset, long length, int type) {
              long to = Math.min(end, offset + length);
              if ((type & ZERO) == 0) {
                data.add(at[0], to);
              }
              at[0] = Math.max(at[0], to);
              return at[0] < end;
            }

            @Override
            public boolean full() {
              return at[0] >= end;
            }
          });
    }
    return data;
  }
}
