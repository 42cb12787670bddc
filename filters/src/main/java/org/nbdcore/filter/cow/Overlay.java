package org.nbdcore.filter.cow;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.LongMap;
import org.nbdcore.filter.common.LongRangeSet;
import org.nbdcore.filter.common.SlotFile;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.helpers.BufferPool;
import org.nbdcore.spi.helpers.RangeLocks;

/**
 * The blocks of an export that differ from the disk below, or were copied from it. They are in a
 * temporary file. Blocks of one {@link OverlayRegion} are contiguous there. Regions of zeroes are
 * kept in a {@link LongRangeSet}, because a single request may create billions of them.
 *
 * <p>A block is entered after the file contains all of it, and never moves, so readers need only
 * the lock of the table. A thread that changes or adds a block must hold its range in {@link
 * #locks}.
 */
final class Overlay {

  private static final int LONGEST_REGION = 4 << 20;

  private final long size;
  private final int blockShift;
  private final int regionShift; // of blocks
  private final BufferPool pool;
  private final RangeLocks locks = new RangeLocks();
  private final SlotFile file; // of a region each
  private final LongMap<OverlayRegion> regions = new LongMap<>(); // guarded by itself

  /**
   * Numbers of regions that read as zeroes unless they are in {@link #regions}, which guards this
   * set.
   */
  private final LongRangeSet zeroes = new LongRangeSet();

  /**
   * Creates an empty overlay.
   *
   * @param pool of buffers of a block or more
   * @param file stores the blocks; several overlays with blocks of this size may share it
   */
  Overlay(long size, int blockSize, BufferPool pool, SlotFile file) {
    this.size = size;
    this.pool = pool;
    this.file = file;
    this.blockShift = Integer.numberOfTrailingZeros(blockSize);
    this.regionShift = Integer.numberOfTrailingZeros(regionBlocks(blockSize));
  }

  /** An empty file for overlays with blocks of this size. */
  static SlotFile file(int blockSize) {
    return new SlotFile("nbd-core-cow-", (long) regionBlocks(blockSize) * blockSize);
  }

  private static int regionBlocks(int blockSize) {
    return Math.max(1, Math.min(OverlayRegion.BLOCKS, LONGEST_REGION / blockSize));
  }

  /** True if the overlay contains no blocks. */
  boolean isEmpty() {
    synchronized (regions) {
      return regions.size() == 0 && zeroes.size() == 0;
    }
  }

  long size() {
    return size;
  }

  int blockSize() {
    return 1 << blockShift;
  }

  BufferPool pool() {
    return pool;
  }

  RangeLocks locks() {
    return locks;
  }

  /** The state of the block that contains {@code at}. */
  OverlayRegion.State state(long at) {
    long block = at >>> blockShift;
    synchronized (regions) {
      OverlayRegion region = regions.get(block >>> regionShift);
      return region == null
          ? stateOutsideTable(block >>> regionShift)
          : region.state(inRegion(block));
    }
  }

  /**
   * End of the range of blocks with the same state that begins with the block of {@code at}. Stored
   * blocks are contiguous in the file.
   *
   * @param state of the block of {@code at}
   * @return at most {@code end}
   */
  long sameUntil(long at, long end, OverlayRegion.State state) {
    long block = (at >>> blockShift) + 1;
    long last = end - 1 >>> blockShift;
    if (block > last) {
      return end;
    }
    OverlayRegion previous = state == OverlayRegion.State.STORED ? find(block - 1) : null;
    while (block <= last) {
      OverlayRegion region = find(block);
      if (previous != null && region != previous && !follows(region, previous)) {
        break;
      }
      int index = inRegion(block);
      if (region == null) {
        long next = sameOutsideTable(block, last, state);
        if (next == block) {
          break;
        }
        block = next;
        continue;
      }
      int left = (1 << regionShift) - index;
      int same = Math.min(left, region.same(index, state));
      block += same;
      if (same < left) {
        break;
      }
      previous = state == OverlayRegion.State.STORED ? region : null;
    }
    return block > last ? end : block << blockShift;
  }

  /** The state of a region that is not in the table. The caller holds its lock. */
  private OverlayRegion.State stateOutsideTable(long region) {
    return zeroes.contains(region) ? OverlayRegion.State.ZERO : OverlayRegion.State.BELOW;
  }

  /** End of the blocks of this state from {@code block} on that are in no region of the table. */
  private long sameOutsideTable(long block, long last, OverlayRegion.State state) {
    long index = block >>> regionShift;
    synchronized (regions) {
      long next = regions.next(index);
      if (next == index || stateOutsideTable(index) != state) {
        return block; // the first region may have just been added; the next call finds it
      }
      long until = Math.min(zeroes.change(index), (last >>> regionShift) + 1);
      return (next == LongMap.NONE ? until : Math.min(next, until)) << regionShift;
    }
  }

  private static boolean follows(OverlayRegion region, OverlayRegion previous) {
    return region != null && region.slot() == previous.slot() + 1;
  }

  /** Fills {@code dst} from stored blocks, within a range that {@link #sameUntil} has returned. */
  void read(long at, ByteBuffer dst) throws IOException {
    file.read(find(at >>> blockShift).slot(), offset(at), dst);
  }

  /** Adds stored blocks to a zero-copy read, if they are in memory and the list accepts files. */
  boolean readZeroCopy(long at, long length, BufferList buffers) throws IOException {
    return file.readZeroCopy(find(at >>> blockShift).slot(), offset(at), length, buffers);
  }

  /** Writes to blocks that are stored. The caller holds their lock. */
  void write(long at, ByteBuffer src) throws IOException {
    file.write(find(at >>> blockShift).slot(), offset(at), src);
  }

  /**
   * Adds or replaces complete blocks; only the last block of the disk may be shorter. The caller
   * holds their lock.
   *
   * @param at start of the first block
   */
  void enter(long at, ByteBuffer src) throws IOException {
    int last = src.limit();
    long from = at;
    while (src.position() < last) {
      long block = from >>> blockShift;
      OverlayRegion region = make(block);
      long room = ((long) (1 << regionShift) - inRegion(block)) << blockShift;
      int length = (int) Math.min(room, last - src.position());
      file.write(region.slot(), offset(from), src.limit(src.position() + length));
      src.limit(last);
      region.store(inRegion(block), blocks(length));
      from += length;
    }
  }

  /** Makes whole blocks read as zeroes. The caller holds their lock. */
  void zero(long at, long length) {
    long end = (at + length - 1 >>> blockShift) + 1;
    long last = size - 1 >>> blockShift;
    long block = at >>> blockShift;
    long first = block + (1L << regionShift) - 1 >>> regionShift;
    long endRegion = end > last ? (last >>> regionShift) + 1 : end >>> regionShift;
    if (first < endRegion) {
      zeroPart(block, first << regionShift);
      zeroRegions(first, endRegion);
      block = endRegion << regionShift;
    }
    zeroPart(block, end);
  }

  private void zeroPart(long from, long end) {
    for (long block = from; block < end; ) {
      int index = inRegion(block);
      int count = (int) Math.min((1 << regionShift) - index, end - block);
      make(block).zero(index, count);
      block += count;
    }
  }

  /**
   * Marks regions as zeroes in one step, because there may be very many, except those that are
   * already in the table.
   */
  private void zeroRegions(long first, long end) {
    synchronized (regions) {
      zeroes.add(first, end - 1);
      for (long i = regions.next(first); i != LongMap.NONE && i < end; i = regions.next(i + 1)) {
        regions.get(i).zero(0, 1 << regionShift);
      }
    }
  }

  private int blocks(int length) {
    return (length - 1 >>> blockShift) + 1;
  }

  private int inRegion(long block) {
    return (int) block & (1 << regionShift) - 1;
  }

  /** Offset of a byte within its region. */
  private long offset(long at) {
    return at & (1L << blockShift + regionShift) - 1;
  }

  private OverlayRegion find(long block) {
    synchronized (regions) {
      return regions.get(block >>> regionShift);
    }
  }

  private OverlayRegion make(long block) {
    long index = block >>> regionShift;
    synchronized (regions) {
      OverlayRegion region = regions.get(index);
      if (region == null) {
        region = new OverlayRegion(file.allocate());
        if (zeroes.contains(index)) {
          region.zero(0, 1 << regionShift);
        }
        regions.put(index, region);
      }
      return region;
    }
  }
}
