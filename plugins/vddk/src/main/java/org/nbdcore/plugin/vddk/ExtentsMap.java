package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.nbdcore.spi.ExtentSink;

/**
 * The known allocation of a disk, shared by all connections while all of them are read-only. The
 * disk is divided into slices of the size that VDDK reports in one call. An {@link ExtentsScanner}
 * queries each slice once.
 */
final class ExtentsMap {

  private final AllocatedBlocks blocks;
  private final long sliceSectors;
  private final AtomicReferenceArray<BlockRuns> slices;

  /**
   * @param sliceSectors of a slice: whole chunks, at most {@link AllocatedBlocks#MAX_SECTORS}
   */
  ExtentsMap(AllocatedBlocks blocks, long sliceSectors) {
    this.blocks = blocks;
    this.sliceSectors = sliceSectors;
    slices =
        new AtomicReferenceArray<>(
            Math.toIntExact((blocks.queryableSectors() + sliceSectors - 1) / sliceSectors));
  }

  /** The number of slices. */
  int slices() {
    return slices.length();
  }

  /** The extents of a slice; null if they are unknown. */
  BlockRuns slice(int index) {
    return slices.get(index);
  }

  /** Queries a slice from VDDK, and stores the result. */
  void scan(int index, VddkHandle handle) throws IOException {
    long start = index * sliceSectors;
    slices.set(
        index,
        blocks.query(handle, start, Math.min(sliceSectors, blocks.queryableSectors() - start)));
  }

  /**
   * Reports the extents of a range: at least the first part, and further parts that are known
   * already. So a client can start to read before the whole disk is scanned.
   *
   * <p>If a query fails, the part counts as data, and is queried again later.
   *
   * @return false if nothing was reported because the scanner was stopped
   */
  boolean report(long offset, long length, ExtentSink sink, ExtentsScanner scanner) {
    long at = AllocatedBlocks.startOf(offset);
    long end = AllocatedBlocks.endOf(offset, length);
    long mapped = Math.min(end, blocks.queryableSectors());
    boolean reported = false;
    while (at < mapped) {
      int index = (int) (at / sliceSectors);
      long base = index * sliceSectors;
      long to = Math.min(sliceSectors, mapped - base);
      BlockRuns runs = slices.get(index);
      if (runs == null) {
        try {
          runs = reported ? null : scanner.await(index);
        } catch (IOException e) {
          blocks.reportFailedQuery(at, base + to - at, e, sink);
          return true;
        }
        if (runs == null) {
          return reported;
        }
      }
      if (!runs.report(base, at - base, to, blocks.unallocated(), sink)) {
        return true;
      }
      reported = true;
      at = base + to;
    }
    blocks.reportTail(end, sink);
    return true;
  }
}
