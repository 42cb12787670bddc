package org.nbdcore.filter.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.Below;
import org.nbdcore.filter.common.RangeLocks;
import org.nbdcore.spi.BlockDevice;

/**
 * Brings changed blocks to the disk below and lets old ones go, through one connection's device.
 */
final class WriteBack {

  private final BlockDevice next;
  private final BlockCache cache;
  private final long longest;

  WriteBack(BlockDevice next, BlockCache cache, long longest) {
    this.next = next;
    this.cache = cache;
    this.longest = longest;
  }

  /** Writes back every block that was changed before this call, on any connection. */
  void all() throws IOException {
    for (long block : cache.dirtyBlocks()) {
      exclusively(block, false);
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
      exclusively(oldest, true);
    }
  }

  private void exclusively(long block, boolean remove) throws IOException {
    long start = block * cache.blockSize();
    RangeLocks.Held held = cache.locks().exclusive(start, start + cache.blockSize());
    try {
      BlockCache.Entry entry = cache.use(block);
      if (entry == null) {
        return;
      }
      if (cache.isDirty(block)) {
        write(entry, start);
        cache.setDirty(entry, false);
      }
      if (remove) {
        cache.remove(entry);
      }
    } finally {
      cache.locks().release(held);
    }
  }

  private void write(BlockCache.Entry entry, long start) throws IOException {
    int length = (int) Math.min(cache.blockSize(), cache.size() - start);
    ByteBuffer buffer = cache.pool().acquire(length);
    try {
      cache.read(entry, 0, buffer);
      Below.write(next, longest, buffer.flip(), start, 0);
    } finally {
      cache.pool().release(buffer);
    }
  }
}
