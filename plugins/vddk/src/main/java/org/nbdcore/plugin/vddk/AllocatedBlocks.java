package org.nbdcore.plugin.vddk;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;

/**
 * Calls QueryAllocatedBlocks by its rules: start and length are whole chunks within the disk, and
 * one call covers a limited number of chunks. The end of the disk that does not fill a chunk cannot
 * be queried, and is reported as data.
 */
final class AllocatedBlocks {

  /** The smallest chunk that VDDK allows, in sectors: 64 KiB. */
  static final long CHUNK = 128;

  /** Maximum number of chunks that VDDK allows in one call. */
  static final long MAX_CHUNKS = 512 * 1024;

  /** Maximum number of sectors of one call: 32 GiB. */
  static final long MAX_SECTORS = CHUNK * MAX_CHUNKS;

  private final long sectors;
  private final int unallocated;
  private final boolean shown;
  private final Log log;
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * @param sectors of the disk
   * @param singleLink true if a parent may have data in a block that is not allocated
   */
  AllocatedBlocks(long sectors, boolean singleLink, VddkDebug debug, Log log) {
    this.sectors = sectors;
    this.unallocated = singleLink ? ExtentSink.HOLE : ExtentSink.HOLE | ExtentSink.ZERO;
    this.shown = debug.extents();
    this.log = log;
  }

  /** The number of sectors of the disk. */
  long sectors() {
    return sectors;
  }

  /** The number of sectors, from the start of the disk, that can be queried. */
  long queryableSectors() {
    return sectors / CHUNK * CHUNK;
  }

  /** The type of an extent that is not allocated. */
  int unallocated() {
    return unallocated;
  }

  /** Queries one chunk. Returns true if VDDK supports queries. */
  boolean work(VddkHandle handle) {
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

  /** Queries a range that obeys VDDK's rules. */
  BlockRuns query(VddkHandle handle, long start, long count) throws IOException {
    BlockList list = handle.allocatedBlocks(start, count, CHUNK);
    if (shown) {
      for (int i = 0; i < list.size(); i++) {
        log.debug(
            "allocated: "
                + VddkSectors.toBytes(list.offset(i))
                + "+"
                + VddkSectors.toBytes(list.length(i)));
      }
    }
    return BlockRuns.of(list, start, count);
  }

  /**
   * Queries a range from VDDK and reports it, without storing it; see {@link
   * org.nbdcore.spi.BlockDevice#extents}.
   */
  void report(VddkHandle handle, long offset, long length, Flags flags, ExtentSink sink) {
    long at = startOf(offset);
    long end = endOf(offset, length);
    long askedFor = Math.min(end, queryableSectors());
    while (at < askedFor) {
      long count = Math.min(askedFor - at, MAX_SECTORS);
      if (!reportSlice(handle, at, count, sink)) {
        return;
      }
      at += count;
      if (flags.has(Flags.REQ_ONE) && at > VddkSectors.of(offset)) {
        return;
      }
    }
    reportTail(end, sink);
  }

  private boolean reportSlice(VddkHandle handle, long at, long count, ExtentSink sink) {
    BlockRuns runs;
    try {
      runs = query(handle, at, count);
    } catch (IOException e) {
      return reportFailedQuery(at, count, e, sink);
    }
    return runs.report(at, 0, count, unallocated, sink);
  }

  /**
   * Reports a part whose query fails as data, which is always safe: the client then reads it
   * instead of failing.
   *
   * @return whether the sink wants more
   */
  boolean reportFailedQuery(long at, long count, IOException reason, ExtentSink sink) {
    String text =
        "extents of "
            + VddkSectors.toBytes(count)
            + " bytes at "
            + VddkSectors.toBytes(at)
            + " are not known and count as data: "
            + reason.getMessage();
    if (warned.compareAndSet(false, true)) {
      log.warn(text);
    } else {
      log.debug(text);
    }
    return sink.add(VddkSectors.toBytes(at), VddkSectors.toBytes(count), ExtentSink.DATA);
  }

  /** Reports the range between the last whole chunk and {@code end}. */
  void reportTail(long end, ExtentSink sink) {
    if (end > queryableSectors()) {
      sink.add(
          VddkSectors.toBytes(queryableSectors()),
          VddkSectors.toBytes(end - queryableSectors()),
          ExtentSink.DATA);
    }
  }

  /** The first sector of the chunk in which a range begins. */
  static long startOf(long offset) {
    return VddkSectors.of(offset) / CHUNK * CHUNK;
  }

  /** The first sector after the chunk in which a range ends. */
  static long endOf(long offset, long length) {
    return (VddkSectors.of(offset + length + VddkSectors.SIZE - 1) + CHUNK - 1) / CHUNK * CHUNK;
  }
}
