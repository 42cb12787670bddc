package org.nbdcore.filter.cow;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.BufferPool;
import org.nbdcore.filter.common.LongMap;
import org.nbdcore.filter.common.RangeLocks;
import org.nbdcore.filter.common.SlotFile;
import org.nbdcore.spi.Loan;

/**
 * The blocks of an export that differ from the disk below, or were copied from it. They live in a
 * temporary file, neighbours on the disk next to each other as far as they share a {@link Region}.
 *
 * <p>A block is entered once the file holds all of it, and keeps its place for good; so readers
 * need no lock but the table's. Who changes a block or enters one holds its range in {@link
 * #locks}.
 */
final class Overlay implements Closeable {

  private static final int LONGEST_REGION = 4 << 20;

  private final long size;
  private final int blockShift;
  private final int regionShift; // of blocks
  private final BufferPool pool;
  private final RangeLocks locks = new RangeLocks();
  private final SlotFile file; // of a region each
  private final LongMap<Region> regions = new LongMap<>(); // guarded by itself

  /** Makes an empty overlay; {@code pool} has buffers of a block each. */
  Overlay(long size, int blockSize, BufferPool pool) throws IOException {
    this.size = size;
    this.pool = pool;
    this.blockShift = Integer.numberOfTrailingZeros(blockSize);
    int blocks = Math.max(1, Math.min(Region.BLOCKS, LONGEST_REGION >> blockShift));
    this.regionShift = Integer.numberOfTrailingZeros(blocks);
    this.file = new SlotFile("nbd-core-cow-", (long) blocks << blockShift);
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

  /** Who has the block that holds {@code at}. */
  Region.State state(long at) {
    Region region = find(at >>> blockShift);
    return region == null ? Region.State.BELOW : region.state(inRegion(at >>> blockShift));
  }

  /**
   * How far beyond the block of {@code at} it goes on like this: up to where another one has the
   * bytes, or the file has them elsewhere.
   *
   * @param state of the block of {@code at}, as it was found
   * @return at most {@code end}
   */
  long sameUntil(long at, long end, Region.State state) {
    long block = (at >>> blockShift) + 1;
    long last = end - 1 >>> blockShift;
    if (block > last) {
      return end;
    }
    Region previous = state == Region.State.HELD ? find(block - 1) : null;
    while (block <= last) {
      Region region = find(block);
      if (previous != null && region != previous && !follows(region, previous)) {
        break;
      }
      int index = inRegion(block);
      int left = (1 << regionShift) - index;
      int same = state == Region.State.BELOW ? left : 0;
      if (region != null) {
        same = Math.min(left, region.same(index, state));
      }
      block += same;
      if (same < left) {
        break;
      }
      previous = state == Region.State.HELD ? region : null;
    }
    return block > last ? end : block << blockShift;
  }

  private static boolean follows(Region region, Region previous) {
    return region != null && region.slot() == previous.slot() + 1;
  }

  /** Fills {@code dst} from blocks that are all held, as {@link #sameUntil} told. */
  void read(long at, ByteBuffer dst) throws IOException {
    file.read(find(at >>> blockShift).slot(), offset(at), dst);
  }

  /** Lends such blocks from the file, if they are in memory and the loan takes files. */
  boolean lend(long at, long length, Loan loan) throws IOException {
    return file.lend(find(at >>> blockShift).slot(), offset(at), length, loan);
  }

  /** Changes some of such blocks; the caller has their lock. */
  void write(long at, ByteBuffer src) throws IOException {
    file.write(find(at >>> blockShift).slot(), offset(at), src);
  }

  /**
   * Enters whole blocks, of which only the disk's last may be shorter, or gives them other
   * contents; the caller has their lock.
   *
   * @param at where the first begins
   */
  void enter(long at, ByteBuffer src) throws IOException {
    int last = src.limit();
    long from = at;
    while (src.position() < last) {
      long block = from >>> blockShift;
      Region region = make(block);
      long room = ((long) (1 << regionShift) - inRegion(block)) << blockShift;
      int length = (int) Math.min(room, last - src.position());
      file.write(region.slot(), offset(from), src.limit(src.position() + length));
      src.limit(last);
      region.hold(inRegion(block), blocks(length));
      from += length;
    }
  }

  /** Makes whole blocks read as zeroes; the caller has their lock. */
  void zero(long at, long length) {
    long end = (at + length - 1 >>> blockShift) + 1;
    for (long block = at >>> blockShift; block < end; ) {
      int index = inRegion(block);
      int count = (int) Math.min((1 << regionShift) - index, end - block);
      make(block).zero(index, count);
      block += count;
    }
  }

  private int blocks(int length) {
    return (length - 1 >>> blockShift) + 1;
  }

  private int inRegion(long block) {
    return (int) block & (1 << regionShift) - 1;
  }

  /** Where a byte lies within its region. */
  private long offset(long at) {
    return at & (1L << blockShift + regionShift) - 1;
  }

  private Region find(long block) {
    synchronized (regions) {
      return regions.get(block >>> regionShift);
    }
  }

  private Region make(long block) {
    long index = block >>> regionShift;
    synchronized (regions) {
      Region region = regions.get(index);
      if (region == null) {
        region = new Region(file.allocate());
        regions.put(index, region);
      }
      return region;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
