package org.nbdcore.plugin.vddk;

import java.io.IOException;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;

/**
 * What QueryAllocatedBlocks knows, within its rules: start and length are whole chunks within the
 * disk, and one call covers only so many chunks. What does not fill a chunk at the disk's end
 * cannot be asked for, and is data.
 */
final class AllocatedBlocks {

  /** The smallest chunk that VDDK allows, in sectors: 64 KiB. */
  static final long CHUNK = 128;

  /** The most chunks that VDDK allows in one call. */
  static final long MAX_CHUNKS = 512 * 1024;

  private final VddkHandle handle;
  private final long sectors;
  private final int unallocated;
  private final boolean shown;
  private final Log log;

  /**
   * @param sectors of the disk
   * @param singleLink whether a block that is not allocated may show a parent's data
   */
  AllocatedBlocks(VddkHandle handle, long sectors, boolean singleLink, VddkDebug debug, Log log) {
    this.handle = handle;
    this.sectors = sectors;
    this.unallocated = singleLink ? ExtentSink.HOLE : ExtentSink.HOLE | ExtentSink.ZERO;
    this.shown = debug.extents();
    this.log = log;
  }

  /** Asks for one chunk, to see whether that works. */
  boolean supported() {
    if (sectors < CHUNK) {
      return false;
    }
    try {
      handle.allocatedBlocks(0, CHUNK, CHUNK);
      return true;
    } catch (IOException e) {
      log.debug("no extents: " + e.getMessage());
      return false;
    }
  }

  /** Reports a range; see {@link org.nbdcore.spi.BlockDevice#extents}. */
  void extents(long offset, long length, int flags, ExtentSink sink) throws IOException {
    long whole = sectors / CHUNK * CHUNK;
    long at = Sectors.of(offset) / CHUNK * CHUNK;
    long end = roundUp(Sectors.of(offset + length + Sectors.SIZE - 1));
    boolean wanted = true;
    while (wanted && at < Math.min(end, whole)) {
      long count = Math.min(Math.min(end, whole) - at, CHUNK * MAX_CHUNKS);
      wanted = report(at, count, sink);
      at += count;
      if ((flags & Flags.REQ_ONE) != 0 && at > Sectors.of(offset)) {
        return;
      }
    }
    if (wanted && end > whole) {
      add(sink, whole, end - whole, ExtentSink.DATA);
    }
  }

  private boolean report(long start, long count, ExtentSink sink) throws IOException {
    BlockList list = handle.allocatedBlocks(start, count, CHUNK);
    long end = start + count;
    long at = start;
    for (int i = 0; i < list.size(); i++) {
      long from = Math.max(at, Math.min(end, list.offset(i)));
      long to = Math.max(from, Math.min(end, list.offset(i) + list.length(i)));
      if (!add(sink, at, from - at, unallocated) || !add(sink, from, to - from, ExtentSink.DATA)) {
        return false;
      }
      at = to;
    }
    return add(sink, at, end - at, unallocated);
  }

  private boolean add(ExtentSink sink, long start, long count, int type) {
    if (count == 0) {
      return !sink.full();
    }
    if (shown) {
      log.debug(
          "extent: "
              + Sectors.toBytes(start)
              + "+"
              + Sectors.toBytes(count)
              + (type == ExtentSink.DATA ? " data" : " hole"));
    }
    return sink.add(Sectors.toBytes(start), Sectors.toBytes(count), type);
  }

  private static long roundUp(long value) {
    return (value + CHUNK - 1) / CHUNK * CHUNK;
  }
}
