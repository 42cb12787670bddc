package org.nbdcore.filter.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.helpers.RangeLocks;
import org.nbdcore.spi.helpers.SplitRequests;

/**
 * Brings changed blocks to the disk below and lets old ones go, through one connection's device.
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
    for (long block : cache.dirtyBlocks()) {
      cache.clean(block, write(block));
    }
  }

  /**
   * The same, and makes all of it durable. If that fails, a later call writes all blocks again,
   * because the state of the disk below is unknown.
   */
  void allAndFlush() throws IOException {
    long[] blocks = cache.dirtyBlocks();
    long[] versions = new long[blocks.length]; // no block has version 0
    boolean flushed = false;
    try {
      for (int i = 0; i < blocks.length; i++) {
        versions[i] = write(blocks[i]);
        if (!flushesOwnOnly) {
          cache.clean(blocks[i], versions[i]); // as a flush on any connection covers it
        }
      }
      next.flush();
      flushed = true;
    } finally {
      for (int i = 0; i < blocks.length; i++) {
        if (flushed) {
          cache.clean(blocks[i], versions[i]);
        } else {
          cache.soilAgain(blocks[i], versions[i]);
        }
      }
    }
  }

  /** The same as {@link #all} for a device that is to be closed, so that no flush follows on it. */
  void last() throws IOException {
    if (!flushesOwnOnly) {
      all();
    } else if (cache.dirtyBlocks().length > 0) {
      allAndFlush();
    }
  }

  /** Lets the oldest blocks go if the cache is full. The caller holds no lock. */
  void makeRoom() throws IOException {
    if (!cache.full()) {
      return;
    }
    while (!cache.enough()) {
      long oldest = cache.oldest();
      if (oldest < 0) {
        return;
      }
      letGo(oldest);
    }
  }

  /** Writes a block if it was changed; returns what that was, for {@link BlockCache#clean}. */
  private long write(long block) throws IOException {
    RangeLocks.Held held = lock(block);
    try {
      BlockCache.Entry entry = cache.find(block);
      return entry == null ? NOTHING : writeLocked(entry);
    } finally {
      cache.locks().release(held);
    }
  }

  private void letGo(long block) throws IOException {
    RangeLocks.Held held = lock(block);
    try {
      BlockCache.Entry entry = cache.find(block);
      if (entry == null) {
        return;
      }
      if (writeLocked(entry) != NOTHING && flushesOwnOnly && cache.shared()) {
        next.flush();
      }
      cache.remove(entry);
    } finally {
      cache.locks().release(held);
    }
  }

  private long writeLocked(BlockCache.Entry entry) throws IOException {
    if (!cache.isDirty(entry.block())) {
      return NOTHING;
    }
    long start = entry.block() * cache.blockSize();
    int length = (int) Math.min(cache.blockSize(), size - start);
    ByteBuffer buffer = cache.pool().acquire(length);
    try {
      cache.read(entry, 0, buffer);
      SplitRequests.write(next, longest, buffer.flip(), start, 0);
    } finally {
      cache.pool().release(buffer);
    }
    return cache.version(entry);
  }

  private RangeLocks.Held lock(long block) {
    long start = block * cache.blockSize();
    return cache.locks().exclusive(start, start + cache.blockSize());
  }
}
