package org.nbdcore.filter.readahead;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.spi.helpers.BufferPool;

/**
 * The memory that all exports share. Safe for use by several threads; it never holds a lock for
 * long.
 */
final class ReadaheadMemory {

  private final BufferPool pool;

  /** Number of chunks requested so far, with or without memory for them. */
  private final AtomicLong wanted = new AtomicLong();

  /** Has {@code count} buffers of {@code size} bytes. */
  ReadaheadMemory(int size, int count) {
    pool = new BufferPool(size, count);
  }

  /** Maximum number of buffers. */
  int count() {
    return pool.count();
  }

  /** Counts a requested chunk. Returns its time. */
  long tick() {
    return wanted.incrementAndGet();
  }

  /** The time now, counted in chunks. */
  long now() {
    return wanted.get();
  }

  /** A buffer, or null if all are in use. */
  ByteBuffer tryAcquire(int length) {
    return pool.tryAcquire(length);
  }

  void release(ByteBuffer buffer) {
    pool.release(buffer);
  }

  /**
   * Takes memory from an export that does not use it: the least recently used chunk of all exports,
   * if since its last use more chunks were requested than fit into memory. No lock is held, and the
   * next plan finds what was freed.
   *
   * @param starved the export that needs memory
   */
  void share(List<ReadaheadCache> all, ReadaheadCache starved) {
    ReadaheadCache oldest = null;
    long least = now() - count();
    for (int i = 0; i < all.size(); i++) {
      ReadaheadCache cache = all.get(i);
      long since = cache == starved ? Long.MAX_VALUE : cache.idleSince();
      if (since < least) {
        oldest = cache;
        least = since;
      }
    }
    if (oldest != null) {
      oldest.dropOldest();
    }
  }
}
