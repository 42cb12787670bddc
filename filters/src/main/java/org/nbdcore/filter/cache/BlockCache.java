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
  private final long most;
  private final long least;
  private final RangeLocks locks = new RangeLocks();
  private final SlotFile file;

  // Guarded by this:
  private final LongMap<Entry> entries = new LongMap<>();
  private final Entry ends = new Entry(-1, -1); // its newer is the oldest, its older the newest
  private long versions;
  private int users;

  /**
   * Makes an empty cache.
   *
   * @param pool of buffers of a block or more
   * @param file stores the blocks; several caches with blocks of this size may share it
   * @param most maximum number of blocks
   * @param least number of blocks at which eviction stops
   */
  BlockCache(long size, int blockSize, BufferPool pool, SlotFile file, long most, long least) {
    this.size = size;
    this.blockSize = blockSize;
    this.pool = pool;
    this.most = most;
    this.least = least;
    this.file = file;
    ends.newer = ends;
    ends.older = ends;
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

  /** Returns whether that was the last connection. */
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

  /** The first block from {@code block} on that is kept, or {@link LongMap#NONE}. */
  synchronized long next(long block) {
    return entries.next(block);
  }

  /** The first block that a range of bytes touches and that is kept, or {@link LongMap#NONE}. */
  long nextKept(long from, long to) {
    long block = from < to ? next(from / blockSize) : LongMap.NONE;
    return block != LongMap.NONE && block * blockSize < to ? block : LongMap.NONE;
  }

  private long end(long block) {
    long end = (block + 1) * blockSize;
    return end < 0 ? Long.MAX_VALUE : end;
  }

  /** How many blocks a range of bytes touches. */
  long touched(long from, long to) {
    return to <= from ? 0 : (to - 1) / blockSize - from / blockSize + 1;
  }

  /** How many of them are kept. */
  long kept(long from, long to) {
    long kept = 0;
    long block = nextKept(from, to);
    while (block != LongMap.NONE) {
      kept++;
      block = nextKept(end(block), to);
    }
    return kept;
  }

  /**
   * After a failure, the contents of the disk below are unknown in a range of bytes. Drops
   * unchanged blocks, so that later reads see the disk. The caller has the lock of the range.
   */
  void doubt(long from, long to) {
    long block = nextKept(from, to);
    while (block != LongMap.NONE) {
      doubt(find(block));
      block = nextKept(end(block), to);
    }
  }

  /** The same for one block; a write-back may be in progress. */
  void doubt(Entry entry) {
    if (isDirty(entry.block)) {
      soil(entry);
    } else {
      remove(entry);
    }
  }

  /**
   * The same as {@link #next} among those that differ from the disk below.
   *
   * @param limit the first block that does not matter; there may be millions that are clean
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

  /** Notes that a block is about to differ from the disk below; the caller has its lock. */
  synchronized void soil(Entry entry) {
    entry.dirty = true;
    entry.version = ++versions;
  }

  /** Version of a block's contents, to distinguish them from earlier and later ones. */
  synchronized long version(Entry entry) {
    return entry.version;
  }

  /** Notes that these contents of a block are on the disk below; newer ones stay to be written. */
  synchronized void clean(long block, long version) {
    Entry entry = entries.get(block);
    if (entry != null && entry.version == version) {
      entry.dirty = false;
    }
  }

  /** Takes back a {@link #clean} of these contents: the disk below may have lost them. */
  synchronized void soilAgain(long block, long version) {
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

  /** Enters a block that is not there. */
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

  /** How many blocks there shall be at most. */
  long most() {
    return most;
  }

  /** The number of further blocks that fit. */
  long room() {
    return most - used();
  }

  /** True if blocks must be evicted, until {@link #enough}. */
  boolean full() {
    return used() >= most;
  }

  /** True if enough blocks have been evicted. */
  boolean enough() {
    return used() <= least;
  }

  boolean isEmpty() {
    return used() == 0;
  }

  /** The least recently used block, or -1 if there is none. */
  synchronized long oldest() {
    return ends.newer.block;
  }

  /** The blocks that differ from the disk below, ascending. */
  synchronized long[] dirtyBlocks() {
    long[] blocks = new long[entries.size()];
    int count = 0;
    for (Entry entry = ends.newer; entry != ends; entry = entry.newer) {
      if (entry.dirty) {
        blocks[count++] = entry.block;
      }
    }
    long[] sorted = java.util.Arrays.copyOf(blocks, count);
    java.util.Arrays.sort(sorted);
    return sorted;
  }

  private void linkNewest(Entry entry) {
    entry.older = ends.older;
    entry.newer = ends;
    ends.older.newer = entry;
    ends.older = entry;
  }

  private void unlink(Entry entry) {
    entry.older.newer = entry.newer;
    entry.newer.older = entry.older;
  }
}
