package org.nbdcore.filter.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.LongMap;
import org.nbdcore.filter.common.SlotFile;
import org.nbdcore.spi.helpers.BufferPool;
import org.nbdcore.spi.helpers.RangeLocks;

/**
 * The cached blocks of an export, least recently used first. The monitor of this object guards the
 * table. A block's range in {@link #locks} guards its contents and presence: shared to read it,
 * exclusive to add, change, write back or remove it.
 */
final class BlockCache {

  /** A cached block. */
  static final class Entry {
    private final long block;
    private final long slot;
    private boolean dirty;
    private long version;
    private Entry older;
    private Entry newer;

    private Entry(long block, long slot) {
      this.block = block;
      this.slot = slot;
    }

    long block() {
      return block;
    }
  }

  private final long size;
  private final int blockSize;
  private final BufferPool pool;
  private final long maxBlocks;
  private final long evictionTarget;
  private final RangeLocks locks = new RangeLocks();
  private final SlotFile file;

  // Guarded by this:
  private final LongMap<Entry> entries = new LongMap<>();
  private final Entry lru =
      new Entry(-1, -1); // sentinel: its newer is the oldest entry, its older the newest
  private long versions;
  private int users;

  /**
   * Makes an empty cache.
   *
   * @param pool of buffers of a block or more
   * @param file stores the blocks; several caches with blocks of this size may share it
   * @param maxBlocks maximum number of blocks
   * @param evictionTarget number of blocks at which eviction stops
   */
  BlockCache(
      long size,
      int blockSize,
      BufferPool pool,
      SlotFile file,
      long maxBlocks,
      long evictionTarget) {
    this.size = size;
    this.blockSize = blockSize;
    this.pool = pool;
    this.maxBlocks = maxBlocks;
    this.evictionTarget = evictionTarget;
    this.file = file;
    lru.newer = lru;
    lru.older = lru;
  }

  /** An empty file for caches with blocks of this size. */
  static SlotFile file(int blockSize) {
    return new SlotFile("nbd-core-cache-", blockSize);
  }

  long size() {
    return size;
  }

  int blockSize() {
    return blockSize;
  }

  BufferPool pool() {
    return pool;
  }

  RangeLocks locks() {
    return locks;
  }

  synchronized void join() {
    users++;
  }

  /** Returns true if that was the last connection. */
  synchronized boolean leave() {
    return --users == 0;
  }

  /** Returns the entry of a block, or null, and marks the block as recently used. */
  synchronized Entry use(long block) {
    Entry entry = entries.get(block);
    if (entry != null) {
      unlink(entry);
      linkNewest(entry);
    }
    return entry;
  }

  /** Returns the entry of a block, or null, without marking it as recently used. */
  synchronized Entry find(long block) {
    return entries.get(block);
  }

  /** The first cached block at or after {@code block}, or {@link LongMap#NONE}. */
  synchronized long next(long block) {
    return entries.next(block);
  }

  /** The first cached block of a range of bytes, or {@link LongMap#NONE}. */
  long nextCached(long from, long to) {
    long block = from < to ? next(from / blockSize) : LongMap.NONE;
    return block != LongMap.NONE && block * blockSize < to ? block : LongMap.NONE;
  }

  private long end(long block) {
    long end = (block + 1) * blockSize;
    return end < 0 ? Long.MAX_VALUE : end;
  }

  /** The number of blocks that a range of bytes overlaps. */
  long blockCount(long from, long to) {
    return to <= from ? 0 : (to - 1) / blockSize - from / blockSize + 1;
  }

  /** The number of cached blocks that a range of bytes overlaps. */
  long kept(long from, long to) {
    long kept = 0;
    long block = nextCached(from, to);
    while (block != LongMap.NONE) {
      kept++;
      block = nextCached(end(block), to);
    }
    return kept;
  }

  /**
   * After a failure, the contents of the disk below are unknown in a range of bytes. Drops
   * unchanged blocks, so that later reads see the disk. The caller has the lock of the range.
   */
  void invalidate(long from, long to) {
    long block = nextCached(from, to);
    while (block != LongMap.NONE) {
      invalidate(find(block));
      block = nextCached(end(block), to);
    }
  }

  /** Like {@link #invalidate(long, long)} for one block; a write-back may be in progress. */
  void invalidate(Entry entry) {
    if (isDirty(entry.block)) {
      markDirty(entry);
    } else {
      remove(entry);
    }
  }

  /**
   * Like {@link #next}, but only for blocks that differ from the disk below.
   *
   * @param limit the first block after the search range, because there may be millions of clean
   *     blocks
   */
  synchronized long nextDirty(long block, long limit) {
    long next = entries.next(block);
    while (next != LongMap.NONE && next < limit && !entries.get(next).dirty) {
      next = entries.next(next + 1);
    }
    return next < limit ? next : LongMap.NONE;
  }

  /** True if the block is cached and differs from the disk below. */
  synchronized boolean isDirty(long block) {
    Entry entry = entries.get(block);
    return entry != null && entry.dirty;
  }

  /** Records that a block is about to differ from the disk below. The caller holds its lock. */
  synchronized void markDirty(Entry entry) {
    entry.dirty = true;
    entry.version = ++versions;
  }

  /** Version of a block's contents, to distinguish them from earlier and later ones. */
  synchronized long version(Entry entry) {
    return entry.version;
  }

  /**
   * Records that this version of a block is on the disk below. A newer version must still be
   * written.
   */
  synchronized void clean(long block, long version) {
    Entry entry = entries.get(block);
    if (entry != null && entry.version == version) {
      entry.dirty = false;
    }
  }

  /** Reverts {@link #clean} for this version, because the disk below may have lost it. */
  synchronized void markDirtyAgain(long block, long version) {
    Entry entry = entries.get(block);
    if (entry != null && entry.version == version) {
      entry.dirty = true;
    }
  }

  /** True if several connections currently share this cache. */
  synchronized boolean shared() {
    return users > 1;
  }

  void read(Entry entry, int offset, ByteBuffer dst) throws IOException {
    file.read(entry.slot, offset, dst);
  }

  void write(Entry entry, int offset, ByteBuffer src) throws IOException {
    file.write(entry.slot, offset, src);
  }

  /** Adds a block that is not cached. */
  void add(long block, ByteBuffer contents, boolean dirty) throws IOException {
    long slot = file.allocate();
    try {
      file.write(slot, 0, contents);
    } catch (IOException e) {
      file.free(slot);
      throw e;
    }
    Entry entry = new Entry(block, slot);
    entry.dirty = dirty;
    synchronized (this) {
      entry.version = ++versions;
      entries.put(block, entry);
      linkNewest(entry);
    }
  }

  /** Removes a block. */
  void remove(Entry entry) {
    synchronized (this) {
      entries.remove(entry.block);
      unlink(entry);
    }
    file.free(entry.slot);
  }

  /** The number of cached blocks. */
  synchronized long used() {
    return entries.size();
  }

  /** The maximum number of blocks. */
  long maxBlocks() {
    return maxBlocks;
  }

  /** The number of further blocks that fit. */
  long room() {
    return maxBlocks - used();
  }

  /** True if blocks must be evicted, until {@link #isBelowTarget}. */
  boolean full() {
    return used() >= maxBlocks;
  }

  /** True if enough blocks have been evicted. */
  boolean isBelowTarget() {
    return used() <= evictionTarget;
  }

  boolean isEmpty() {
    return used() == 0;
  }

  /** The least recently used block, or -1 if there is none. */
  synchronized long oldest() {
    return lru.newer.block;
  }

  /** The blocks that differ from the disk below, ascending. */
  synchronized long[] dirtyBlocks() {
    long[] blocks = new long[entries.size()];
    int count = 0;
    for (Entry entry = lru.newer; entry != lru; entry = entry.newer) {
      if (entry.dirty) {
        blocks[count++] = entry.block;
      }
    }
    long[] sorted = java.util.Arrays.copyOf(blocks, count);
    java.util.Arrays.sort(sorted);
    return sorted;
  }

  private void linkNewest(Entry entry) {
    entry.older = lru.older;
    entry.newer = lru;
    lru.older.newer = entry;
    lru.older = entry;
  }

  private void unlink(Entry entry) {
    entry.older.newer = entry.newer;
    entry.newer.older = entry.older;
  }
}
