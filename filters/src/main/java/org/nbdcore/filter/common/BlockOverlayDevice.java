package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Zeroes;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.BufferPool;
import org.nbdcore.spi.helpers.RangeLocks;
import org.nbdcore.spi.helpers.SplitRequests;

/**
 * Stores copies of some blocks of the next device elsewhere, for example in an overlay or a cache.
 * All blocks have the same size, a power of two; only the last block may be shorter. Bytes after
 * the last whole minimum block of the next device are not part of the disk, because they can be
 * neither read nor written.
 */
public abstract class BlockOverlayDevice extends FilterBlockDevice {

  /** The largest preferred block size that the protocol allows. */
  private static final int LARGEST_PREFERRED = 1 << 25;

  /**
   * The maximum request of the server. Advertised, because otherwise the client would see no limit.
   */
  private static final int LONGEST = 64 << 20;

  /** The capabilities of the next device. */
  protected final Capabilities below;

  /** The size of each block but the last, in bytes. */
  protected final int blockSize;

  /** End of the last block. */
  protected final long size;

  /** The longest read or write of the next device. */
  protected final long longest;

  private final RangeLocks locks;
  private final BufferPool pool;
  private final Session session;
  private final Runnable afterClose;

  /** A call with a buffer. */
  @FunctionalInterface
  protected interface BufferConsumer {
    void accept(ByteBuffer buffer) throws IOException;
  }

  /**
   * Wraps {@code next}. This device owns {@code next}.
   *
   * @param size of the next device
   * @param locks of the blocks, shared by all devices that store the same blocks
   * @param pool of buffers of at least one block; they limit how much is fetched at once
   * @param session of the client; fetching ends when it disconnects
   * @param afterClose runs after closing, also if closing fails
   */
  protected BlockOverlayDevice(
      BlockDevice next,
      long size,
      int blockSize,
      RangeLocks locks,
      BufferPool pool,
      Session session,
      Runnable afterClose)
      throws IOException {
    super(next);
    this.below = next.capabilities();
    this.blockSize = blockSize;
    this.size = Alignment.roundDown(size, below.blockSizes().minimum());
    this.longest = Alignment.roundDown(below.blockSizes().maximum(), below.blockSizes().minimum());
    this.locks = locks;
    this.pool = pool;
    this.session = session;
    this.afterClose = afterClose;
  }

  /**
   * Block sizes to offer. The preferred size is a whole block, because a write to a part of a block
   * fetches the rest.
   */
  protected final BlockSizes blockSizes() {
    BlockSizes sizes = below.blockSizes();
    int preferred = Math.max(sizes.preferred(), Math.min(blockSize, LARGEST_PREFERRED));
    return sizes.withPreferred(preferred).withMaximum(LONGEST);
  }

  /** True if the block that contains {@code at} is stored. */
  protected abstract boolean isStored(long at);

  /**
   * End of the range of blocks that are stored, or of blocks that are not, that begins with the
   * block of {@code at}. The result may be shorter, but at least one block.
   *
   * @return at most {@code end}
   */
  protected abstract long sameUntil(long at, long end);

  /**
   * Stores adjacent blocks that are not stored yet. The caller holds their lock.
   *
   * @param start where the first one begins
   */
  protected abstract void store(long start, ByteBuffer blocks) throws IOException;

  /**
   * Called without a lock before blocks are stored.
   *
   * @return the number of bytes for which there is room; at least one block is stored in any case
   */
  protected long makeRoom() throws IOException {
    return Long.MAX_VALUE;
  }

  /** Stores all blocks that a range overlaps, as many at a time as fit into a buffer. */
  protected final void storeAll(long from, long to) throws IOException {
    for (long at = from; at < to; ) {
      session.requireConnected();
      boolean kept = isStored(at);
      long stop = sameUntil(at, to);
      at = kept ? stop : fetch(blockStart(at), stop, makeRoom());
    }
  }

  /**
   * Like {@code fetch}, but continues to read from the next device if the blocks cannot be stored.
   */
  protected final void storeAllIfPossible(long from, long to, Log log) {
    try {
      storeAll(from, to);
    } catch (IOException e) {
      log.debug(() -> "keeping what is read at " + from + ": " + e);
    }
  }

  /**
   * Stores the first blocks of the range up to the block of {@code to}. Returns the end of the last
   * stored block.
   */
  private long fetch(long start, long to, long room) throws IOException {
    long most = Math.min(pool.bufferSize(), Alignment.roundDown(room, blockSize));
    long end = Math.min(size, blockEnd(to - 1));
    end = Math.min(end, start + Math.max(blockSize, most));
    RangeLocks.RangeLock held = lock(start, end);
    try {
      for (long at = start; at < end; ) {
        long stop = sameUntil(at, end);
        if (!isStored(at)) { // a block that another thread has stored in the meantime may be newer
          fetchLocked(at, stop);
        }
        at = stop;
      }
      return end;
    } finally {
      locks.release(held);
    }
  }

  private void fetchLocked(long start, long end) throws IOException {
    ByteBuffer blocks = pool.acquire((int) (end - start));
    try {
      readBelow(blocks, start);
      store(start, blocks.flip());
    } finally {
      pool.release(blocks);
    }
  }

  /** Reads a block of the next device into a buffer, from 0 to its limit. */
  protected final void load(ByteBuffer block, long start) throws IOException {
    readBelow(block.clear().limit(length(start)), start);
    block.flip();
  }

  /** Reads from the next device, in parts if necessary. */
  protected final void readBelow(ByteBuffer dst, long offset) throws IOException {
    SplitRequests.read(next, longest, dst, offset);
  }

  /** Writes {@code length} zeroes; at most the size of one buffer of the pool. */
  protected final void withZeroes(int length, BufferConsumer consumer) throws IOException {
    ByteBuffer zeroes = pool.acquire(length);
    try {
      Zeroes.fill(zeroes, 0, length);
      consumer.accept(zeroes);
    } finally {
      pool.release(zeroes);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      afterClose.run();
    }
  }

  /** Locks all blocks of a range exclusively, to change or store them. */
  protected final RangeLocks.RangeLock lock(long from, long to) {
    // every lock includes the first byte of a block
    return locks.exclusive(blockStart(from), blockStart(to - 1) + 1);
  }

  /** Locks all blocks of a range shared, to read them. */
  protected final RangeLocks.RangeLock lockShared(long from, long to) {
    return locks.shared(blockStart(from), to);
  }

  protected final long blockStart(long at) {
    return Alignment.roundDown(at, blockSize);
  }

  /** End of the block that contains {@code at}, even past the end of the disk. */
  protected final long blockEnd(long at) {
    long end = blockStart(at) + blockSize;
    return end < 0 ? Long.MAX_VALUE : end;
  }

  /** The length of the block that begins at {@code start}. */
  protected final int length(long start) {
    return (int) Math.min(blockSize, size - start);
  }

  protected final int inBlock(long at) {
    return (int) (at & (blockSize - 1));
  }

  /** End of the last whole block before {@code end}. */
  protected final long wholeBlocksEnd(long end) {
    return end == size ? end : blockStart(end);
  }
}
