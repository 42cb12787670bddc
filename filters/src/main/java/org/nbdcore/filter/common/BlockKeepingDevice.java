package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Log;

/**
 * Keeps blocks of the next device elsewhere. All blocks have one size, a power of two; only the
 * disk's last may be shorter, and what sticks out behind the next device's last block of its own is
 * no part of it, as it can be neither read nor written.
 */
public abstract class BlockKeepingDevice extends FilterBlockDevice {

  /** What the next device can do. */
  protected final Capabilities below;

  /** The size of each block but the last, in bytes. */
  protected final int blockSize;

  /** Where the last block ends. */
  protected final long size;

  /** The longest read or write of the next device. */
  protected final long longest;

  private final RangeLocks locks;
  private final BufferPool pool;

  /**
   * Wraps {@code next}, whose owner this device becomes.
   *
   * @param size of the next device
   * @param locks of the blocks, shared by all devices that keep the same ones
   * @param pool of buffers of a block each
   */
  protected BlockKeepingDevice(
      BlockDevice next, long size, int blockSize, RangeLocks locks, BufferPool pool)
      throws IOException {
    super(next);
    this.below = next.capabilities();
    this.blockSize = blockSize;
    this.size = Blocks.down(size, below.blockSizes().minimum());
    this.longest = Blocks.down(below.blockSizes().maximum(), below.blockSizes().minimum());
    this.locks = locks;
    this.pool = pool;
  }

  /** Whether the block of {@code at} is kept. */
  protected abstract boolean keeps(long at);

  /** Keeps a block that is not kept yet and begins at {@code start}; the caller has its lock. */
  protected abstract void keep(long start, ByteBuffer block) throws IOException;

  /** Called without a lock before a block is to be kept. */
  protected void makeRoom() throws IOException {}

  /** Keeps all blocks that a range touches. */
  protected final void keepAll(long from, long to) throws IOException {
    for (long at = from; at < to; at = blockEnd(at)) {
      if (!keeps(at)) {
        makeRoom();
        fetch(blockStart(at));
      }
    }
  }

  /** The same; where nothing can be kept, the next device may well be read nevertheless. */
  protected final void keepAllIfPossible(long from, long to, Log log) {
    try {
      keepAll(from, to);
    } catch (IOException e) {
      log.debug(() -> "keeping what is read at " + from + ": " + e);
    }
  }

  private void fetch(long start) throws IOException {
    RangeLocks.Held held = lock(start, start + 1);
    try {
      if (keeps(start)) {
        return;
      }
      ByteBuffer block = pool.acquire(blockSize);
      try {
        load(block, start);
        keep(start, block);
      } finally {
        pool.release(block);
      }
    } finally {
      locks.release(held);
    }
  }

  /** Reads a block of the next device into a buffer, from 0 to its limit. */
  protected final void load(ByteBuffer block, long start) throws IOException {
    readBelow(block.clear().limit(length(start)), start);
    block.flip();
  }

  /** Reads from the next device, whatever its longest read is. */
  protected final void readBelow(ByteBuffer dst, long offset) throws IOException {
    Below.read(next, longest, dst, offset);
  }

  /** Locks all blocks that a range touches, for who changes or keeps them. */
  protected final RangeLocks.Held lock(long from, long to) {
    return locks.exclusive(blockStart(from), blockStart(to - 1) + 1); // any lock has its first byte
  }

  /** Locks all blocks that a range touches, for who reads them. */
  protected final RangeLocks.Held lockShared(long from, long to) {
    return locks.shared(blockStart(from), to);
  }

  protected final long blockStart(long at) {
    return Blocks.down(at, blockSize);
  }

  /** Where the block of {@code at} ends, or would if the disk went on. */
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

  /** Where the last block ends that is there as a whole before {@code end}. */
  protected final long wholeUntil(long end) {
    return end == size ? end : blockStart(end);
  }
}
