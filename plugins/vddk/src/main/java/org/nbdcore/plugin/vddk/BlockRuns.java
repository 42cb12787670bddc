package org.nbdcore.plugin.vddk;

import java.util.Arrays;
import org.nbdcore.spi.ExtentSink;

/**
 * The allocated blocks of one slice of a disk, as the ascending positions at which holes and data
 * alternate; a slice starts with a hole. Positions are in sectors from the start of the slice,
 * which has fewer than 2^31 sectors. Immutable.
 */
final class BlockRuns {

  private final int[] turns;

  private BlockRuns(int[] turns) {
    this.turns = turns;
  }

  /**
   * Stores the reply of VDDK for {@code sectors} from {@code start} on. Merges adjacent blocks, and
   * cuts off parts outside the range. If the blocks are not ascending or invalid, everything counts
   * as data, so that no block is lost.
   */
  static BlockRuns of(BlockList list, long start, long sectors) {
    int[] turns = new int[2 * list.size()];
    int count = 0;
    long at = 0;
    for (int i = 0; i < list.size(); i++) {
      long offset = list.offset(i);
      long end = offset + list.length(i);
      if (offset < 0 || end < offset || (i > 0 && offset < list.offset(i - 1))) {
        return new BlockRuns(new int[] {0, (int) sectors});
      }
      long from = Math.max(at, Math.min(sectors, offset - start));
      long to = Math.max(from, Math.min(sectors, end - start));
      if (from == to) {
        continue;
      }
      if (count > 0 && turns[count - 1] == from) {
        count--;
      } else {
        turns[count++] = (int) from;
      }
      turns[count++] = (int) to;
      at = to;
    }
    return new BlockRuns(Arrays.copyOf(turns, count));
  }

  /**
   * Reports the runs from {@code from} to {@code to}, both in sectors of the slice.
   *
   * @param base the slice's first sector on the disk
   * @param hole the type of unallocated ranges
   * @return true if the sink accepts more
   */
  boolean report(long base, long from, long to, int hole, ExtentSink sink) {
    int found = Arrays.binarySearch(turns, (int) from);
    int turn = found < 0 ? -found - 1 : found + 1; // the first one after from
    long at = from;
    while (at < to) {
      long next = turn < turns.length ? Math.min(turns[turn], to) : to;
      int type = turn % 2 == 0 ? hole : ExtentSink.DATA;
      if (!sink.add(VddkSectors.toBytes(base + at), VddkSectors.toBytes(next - at), type)) {
        return false;
      }
      at = next;
      turn++;
    }
    return true;
  }
}
