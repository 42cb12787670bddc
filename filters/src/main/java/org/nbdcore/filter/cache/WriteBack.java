package org.nbdcore.filter.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.helpers.RangeLocks;
import org.nbdcore.spi.helpers.SplitRequests;

/**
 * Writes changed blocks back to the disk below and evicts old ones, through the device of one
 * connection.
 *
 * <p>If a flush of one device below does not cover the writes of another, a block counts as written
 * back only after the device that wrote it has been flushed. Until then, a flush of another
 * connection writes the block again.
 */
final class WriteBack {

  private static final long NOTHING = -1;

  private final BlockDevice next;
  private final BlockCache cache;
  private final long longest;
  private final long size;
  private final boolean flushesOwnOnly;

  /** Writes to {@code next}, up to {@code size}. */
  WriteBack(BlockDevice next, BlockCache cache, long longest, long size) throws IOException {
    this.next = next;
    this.cache = cache;
    this.longest = longest;
    this.size = size;
    this.flushesOwnOnly = next.capabilities().flush() && !next.capabilities().multiConn();
  }

  /** Writes back every block that was changed before this call, on any connection. */
  void all() throws IOException {
    long[] blocks = cache.dirtyBlocks();
    write(blocks, new long[blocks.length], true);
  }

  /**
   * Like {@link #all}, and makes all of it durable. If that fails, a later call writes all blocks
   * again, because the state of the disk below is unknown.
   */
  void allAndFlush() throws IOException {
    long[] blocks = cache.dirtyBlocks();
    long[] versions = new long[blocks.length]; // no block has version 0
    boolean flushed = false;
    try {
      write(blocks, versions, !flushesOwnOnly); // otherwise a flush on any connection covers it
      next.flush();
      flushed = true;
    } finally {
      for (int i = 0; i < blocks.length; i++) {
        if (flushed) {
          cache.clean(blocks[i], versions[i]);
        } else {
          cache.markDirtyAgain(blocks[i], versions[i]);
        }
      }
    }
  }

  /** Like {@link #all}, for a device that will be closed, so that no flush follows on it. */
  void last() throws IOException {
    if (!flushesOwnOnly) {
      all();
    } else if (cache.dirtyBlocks().length > 0) {
      allAndFlush();
    }
  }

  /** Evicts the oldest blocks if the cache is full. The caller must not hold a lock. */
  void makeRoom() throws IOException {
    if (!cache.full()) {
      return;
    }
    while (!cache.isBelowTarget()) {
      long oldest = cache.oldest();
      if (oldest < 0) {
        return;
      }
      evict(oldest);
    }
  }

  /**
   * Writes the blocks that still differ from the disk below, adjacent blocks in one write.
   *
   * @param blocks in ascending order
   * @param versions receives the versions of the written blocks, for {@link BlockCache#clean}
   * @param clean whether a block counts as written back as soon as it is written
   */
  private void write(long[] blocks, long[] versions, boolean clean) throws IOException {
    int most = Math.max(1, cache.pool().bufferSize() / cache.blockSize());
    int from = 0;
    while (from < blocks.length) {
      int to = from + 1;
      while (to < blocks.length && to - from < most && blocks[to] == blocks[to - 1] + 1) {
        to++;
      }
      writeAdjacent(blocks, versions, from, to);
      for (int i = from; clean && i < to; i++) {
        cache.clean(blocks[i], versions[i]);
      }
      from = to;
    }
  }

  /**
   * Writes the blocks with the indexes {@code from} to {@code to}, exclusive, which are adjacent.
   */
  private void writeAdjacent(long[] blocks, long[] versions, int from, int to) throws IOException {
    RangeLocks.RangeLock held = lock(blocks[from], blocks[to - 1] + 1);
    ByteBuffer buffer = cache.pool().acquire((to - from) * cache.blockSize());
    try {
      buffer.limit(0);
      for (int i = from; i < to; i++) {
        BlockCache.Entry entry = cache.find(blocks[i]);
        if (entry == null || !cache.isDirty(blocks[i])) {
          writeOut(buffer, start(blocks[i]));
          versions[i] = NOTHING;
        } else {
          int gathered = buffer.limit();
          buffer.limit(gathered + length(blocks[i])).position(gathered);
          cache.read(entry, 0, buffer);
          versions[i] = cache.version(entry);
        }
      }
      writeOut(buffer, Math.min(size, start(blocks[to - 1] + 1)));
    } finally {
      cache.pool().release(buffer);
      cache.locks().release(held);
    }
  }

  /** Writes the collected blocks, which end at {@code end}, and clears the buffer. */
  private void writeOut(ByteBuffer buffer, long end) throws IOException {
    int gathered = buffer.limit();
    if (gathered > 0) {
      SplitRequests.write(next, longest, buffer.position(0), end - gathered, Flags.NONE);
      buffer.limit(0);
    }
  }

  private void evict(long block) throws IOException {
    RangeLocks.RangeLock held = lock(block, block + 1);
    try {
      BlockCache.Entry entry = cache.find(block);
      if (entry == null) {
        return;
      }
      if (writeLocked(entry) && flushesOwnOnly && cache.shared()) {
        next.flush();
      }
      cache.remove(entry);
    } finally {
      cache.locks().release(held);
    }
  }

  /** Writes a block if it is dirty. Returns true if it was. */
  private boolean writeLocked(BlockCache.Entry entry) throws IOException {
    if (!cache.isDirty(entry.block())) {
      return false;
    }
    ByteBuffer buffer = cache.pool().acquire(length(entry.block()));
    try {
      cache.read(entry, 0, buffer);
      SplitRequests.write(next, longest, buffer.flip(), start(entry.block()), Flags.NONE);
    } finally {
      cache.pool().release(buffer);
    }
    return true;
  }

  private long start(long block) {
    return block * cache.blockSize();
  }

  private int length(long block) {
    return (int) Math.min(cache.blockSize(), size - start(block));
  }

  private RangeLocks.RangeLock lock(long from, long to) {
    return cache.locks().exclusive(start(from), start(to));
  }
}
