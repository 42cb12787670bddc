package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.vsphere.VirtualDisk;

/**
 * The areas of one disk that have changed since an earlier state, in ascending order. Immutable.
 */
final class ChangedAreas {

  private final long[] starts;
  private final long[] ends;

  private ChangedAreas(List<long[]> areas) {
    starts = areas.stream().mapToLong(area -> area[0]).toArray();
    ends = areas.stream().mapToLong(area -> area[1]).toArray();
  }

  /** Queries the server. */
  static ChangedAreas query(RemoteMachine machine, VirtualDisk disk, String changeId)
      throws IOException {
    List<long[]> areas = new ArrayList<>();
    machine
        .vsphere()
        .changeTracking()
        .query(
            machine.machine().ref(),
            machine.snapshot(),
            disk.key(),
            disk.capacity(),
            changeId,
            (start, length) -> {
              long[] last = areas.isEmpty() ? null : areas.get(areas.size() - 1);
              if (last != null && last[1] == start) {
                last[1] += length;
              } else {
                areas.add(new long[] {start, start + length});
              }
            });
    return new ChangedAreas(areas);
  }

  long bytes() {
    long sum = 0;
    for (int i = 0; i < starts.length; i++) {
      sum += ends[i] - starts[i];
    }
    return sum;
  }

  boolean contains(long offset) {
    int at = find(offset);
    return at < starts.length && starts[at] <= offset;
  }

  /**
   * End of the range of changed bytes, or of unchanged bytes, that contains an offset; at most
   * {@code limit}.
   */
  long endOfRun(long offset, long limit) {
    int at = find(offset);
    if (at == starts.length) {
      return limit;
    }
    return Math.min(limit, starts[at] <= offset ? ends[at] : starts[at]);
  }

  /** The first area that ends after an offset. */
  private int find(long offset) {
    int low = 0;
    int high = starts.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
