package org.nbdcore.filter.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.BlockOverlayDevice;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.filter.common.LongMap;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.RangeLocks;
import org.nbdcore.spi.helpers.SplitRequests;

/**
 * Serves cached blocks from the cache. Trim and zero always go to the disk below too, where they
 * are cheap. The cache is updated under the same lock.
 */
final class CacheDevice extends BlockOverlayDevice implements ZeroCopyReadable {

  private static final Log LOG = Log.of("cache");

  private final BlockCache cache;
  private final CacheMode mode;
  private final FileSwitch onRead;
  private final CacheCounters counters;
  private final WriteBack writeBack;

  CacheDevice(
      BlockDevice next,
      BlockCache cache,
      CacheMode mode,
      FileSwitch onRead,
      CacheCounters counters,
      Session session,
      Runnable afterClose)
      throws IOException {
    super(next, cache.size(), cache.blockSize(), cache.locks(), cache.pool(), session, afterClose);
    this.cache = cache;
    this.onRead = onRead;
    this.counters = counters;
    // Without a flush, no client could make its writes reach the disk.
    this.mode = mode == CacheMode.WRITEBACK && !below.flush() ? CacheMode.WRITETHROUGH : mode;
    this.writeBack = new WriteBack(next, cache, longest, size);
    cache.join();
  }

  /**
   * Zeroes, trims and writes through the cache are flushed only by their own connection, so
   * multi-conn needs a layer below whose flush covers all connections.
   */
  @Override
  public Capabilities capabilities() {
    Capabilities offered =
        below
            .withCache(Support.NATIVE)
            .withCacheDiscards(false)
            .withMultiConn(below.multiConn() || mode == CacheMode.UNSAFE)
            .withBlockSizes(blockSizes());
    if (mode == CacheMode.UNSAFE) {
      return offered.withFlush(true).withFua(Support.NATIVE);
    }
    if (below.fua() == Support.NATIVE) {
      return offered;
    }
    return offered.withFua(below.flush() ? Support.EMULATE : Support.NONE);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    long end = offset + dst.remaining();
    boolean keeping = onRead.on();
    if (keeping) {
      counters.read(cache.kept(offset, end), cache.blockCount(offset, end));
      storeAllIfPossible(offset, end, LOG);
    }
    RangeLocks.RangeLock held = lockShared(offset, end);
    try {
      long kept = readLocked(dst, offset, end);
      if (!keeping) {
        counters.read(kept, cache.blockCount(offset, end));
      }
    } finally {
      cache.locks().release(held);
    }
  }

  /** Returns the number of blocks that were read from the cache. */
  private long readLocked(ByteBuffer dst, long offset, long end) throws IOException {
    int last = dst.limit();
    long uncached = offset;
    long kept = 0;
    for (long at = offset; at < end; ) {
      long stop = Math.min(end, blockEnd(at));
      BlockCache.Entry entry = cache.use(at / blockSize);
      if (entry != null) {
        readBetween(dst, uncached, at);
        dst.limit(dst.position() + (int) (stop - at));
        cache.read(entry, inBlock(at), dst);
        dst.limit(last);
        uncached = stop;
        kept++;
      }
      at = stop;
    }
    readBetween(dst, uncached, end);
    return kept;
  }

  private void readBetween(ByteBuffer dst, long from, long to) throws IOException {
    if (from < to) {
      int last = dst.limit();
      readBelow(dst.limit(dst.position() + (int) (to - from)), from);
      dst.limit(last);
    }
  }

  /**
   * The cache offers no zero-copy reads of its own blocks, because they may be evicted. The disk
   * below may offer them for other blocks.
   */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    if (onRead.on() || length > longest) {
      return false;
    }
    if (cache.nextCached(offset, offset + length) != LongMap.NONE) {
      return false;
    }
    boolean read = BlockDevices.readZeroCopy(next, offset, length, buffers);
    if (read) {
      counters.read(0, cache.blockCount(offset, offset + length));
    }
    return read;
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    if (!below.write()) {
      throw new NbdException(NbdError.EPERM, "this disk is read-only");
    }
    long end = offset + src.remaining();
    boolean fua = flags.has(Flags.FUA) && mode != CacheMode.UNSAFE;
    boolean through = fua || mode == CacheMode.WRITETHROUGH;
    int last = src.limit();
    for (long at = offset; at < end; ) {
      long stop = Math.min(end, blockEnd(at));
      makeRoom();
      src.limit(src.position() + (int) (stop - at));
      RangeLocks.RangeLock held = lock(at, stop);
      try {
        if (through) {
          writeThrough(src, at, stop, fua ? Flags.FUA : Flags.NONE);
        } else {
          writeCached(src, at, stop);
        }
      } finally {
        cache.locks().release(held);
      }
      src.limit(last);
      at = stop;
    }
  }

  private void writeCached(ByteBuffer src, long at, long stop) throws IOException {
    BlockCache.Entry entry = cache.use(at / blockSize);
    if (entry != null) {
      cache.markDirty(entry); // also if the write fails after a part of it
      cache.write(entry, inBlock(at), src);
      return;
    }
    if (isWhole(at, stop)) {
      cache.add(at / blockSize, src, true);
      return;
    }
    ByteBuffer block = cache.pool().acquire(blockSize);
    try {
      load(block, blockStart(at));
      block.clear().position(inBlock(at)).put(src);
      cache.add(at / blockSize, block.clear().limit(length(blockStart(at))), true);
    } finally {
      cache.pool().release(block);
    }
  }

  /**
   * A block that was dirty before stays dirty, because only a part of it may have reached the disk.
   */
  private void writeThrough(ByteBuffer src, long at, long stop, Flags flags) throws IOException {
    int start = src.position();
    try {
      SplitRequests.write(next, longest, src, at, flags);
    } catch (IOException | RuntimeException e) {
      cache.invalidate(at, stop);
      throw e;
    }
    src.position(start);
    try {
      keepWritten(src, at, stop);
    } catch (IOException e) {
      if (cache.isDirty(at / blockSize)) {
        throw e; // it may be partly written, so it must still be written back
      }
      LOG.debug(() -> "keeping what was written at " + at + ": " + e); // the disk below has it
      cache.invalidate(at, stop);
    }
    src.position(src.limit());
  }

  private void keepWritten(ByteBuffer src, long at, long stop) throws IOException {
    BlockCache.Entry entry = cache.use(at / blockSize);
    if (entry != null) {
      cache.write(entry, inBlock(at), src);
      if (isWhole(at, stop)) {
        cache.clean(entry.block(), cache.version(entry));
      }
    } else if (isWhole(at, stop)) {
      cache.add(at / blockSize, src, false);
    }
  }

  @Override
  public void flush() throws IOException {
    if (mode != CacheMode.UNSAFE) {
      writeBack.allAndFlush();
    }
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    RangeLocks.RangeLock held = lock(offset, offset + length);
    try {
      try {
        next.trim(offset, length, below(flags));
      } catch (IOException | RuntimeException e) {
        cache.invalidate(offset, offset + length);
        throw e;
      }
      forget(offset, offset + length, false);
    } finally {
      cache.locks().release(held);
    }
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    RangeLocks.RangeLock held = lock(offset, offset + length);
    try {
      try {
        next.zero(offset, length, below(flags));
      } catch (IOException | RuntimeException e) {
        cache.invalidate(offset, offset + length);
        throw e;
      }
      forget(offset, offset + length, true);
    } finally {
      cache.locks().release(held);
    }
  }

  private Flags below(Flags flags) {
    return mode == CacheMode.UNSAFE ? flags.without(Flags.FUA) : flags;
  }

  /**
   * Drops the blocks of a range that the disk below has erased. Changes the blocks at the edges.
   */
  private void forget(long from, long to, boolean zero) throws IOException {
    long block = cache.nextCached(from, to);
    while (block != LongMap.NONE) {
      long at = Math.max(from, block * blockSize);
      long stop = Math.min(to, blockEnd(at));
      BlockCache.Entry entry = cache.use(block);
      if (isWhole(at, stop)) {
        cache.remove(entry);
      } else if (zero) {
        int start = inBlock(at);
        withZeroes((int) (stop - at), zeroes -> cache.write(entry, start, zeroes));
      } else {
        cache.invalidate(entry);
      }
      block = cache.nextCached(stop, to);
    }
  }

  /** Reports changed blocks as data, and the extents of the disk below for the others. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    long end = offset + length;
    long at = offset;
    while (at < end && !sink.full()) {
      boolean dirty = cache.isDirty(at / blockSize);
      long stop = Math.min(end, blockEnd(at));
      while (dirty && stop < end && cache.isDirty(stop / blockSize)) {
        stop = Math.min(end, blockEnd(stop));
      }
      if (!dirty && stop < end) {
        long next = cache.nextDirty(stop / blockSize, (end - 1) / blockSize + 1);
        stop = next == LongMap.NONE ? end : Math.min(end, next * blockSize);
      }
      if (dirty) {
        sink.add(at, stop - at, ExtentSink.DATA);
      } else if (SplitRequests.extents(next, at, stop - at, flags, sink) < stop) {
        return;
      }
      at = stop;
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    long most = cache.maxBlocks();
    long useful = most > length / blockSize ? length : most * blockSize; // more would evict it
    storeAll(offset, offset + Math.max(1, useful));
  }

  @Override
  protected boolean isStored(long at) {
    return cache.use(at / blockSize) != null;
  }

  @Override
  protected long sameUntil(long at, long end) {
    long block = at / blockSize;
    long next = cache.next(block);
    boolean kept = next == block;
    long stop = kept ? blockEnd(at) : next == LongMap.NONE ? end : next * blockSize;
    return Math.min(end, stop);
  }

  @Override
  protected void store(long start, ByteBuffer blocks) throws IOException {
    int last = blocks.limit();
    for (long at = start; blocks.position() < last; at += blockSize) {
      blocks.limit(Math.min(last, blocks.position() + blockSize));
      cache.add(at / blockSize, blocks, false);
      blocks.limit(last);
    }
  }

  @Override
  protected long makeRoom() throws IOException {
    writeBack.makeRoom();
    return Math.max(1, Math.min(cache.room(), Integer.MAX_VALUE)) * blockSize;
  }

  /**
   * The last connection of an export writes unflushed blocks back, except in the mode {@code
   * unsafe}.
   */
  @Override
  public void close() throws IOException {
    try {
      if (cache.leave() && mode != CacheMode.UNSAFE && below.write()) {
        writeBack.last();
      }
    } catch (IOException e) {
      LOG.error("writing back when the last client left", e);
      throw e;
    } finally {
      super.close();
    }
  }

  private boolean isWhole(long at, long stop) {
    return inBlock(at) == 0 && (stop == size || stop - at == blockSize);
  }
}
