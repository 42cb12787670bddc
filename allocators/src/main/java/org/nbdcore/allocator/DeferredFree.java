package org.nbdcore.allocator;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts memory that a disk no longer uses. Only the garbage collector frees it, because a thread
 * may still be reading from it. The collector runs when the heap is full, but this memory is
 * outside the heap. So this class requests a collection when too much memory waits to be freed.
 */
final class DeferredFree {

  static final long LIMIT = 256L << 20;

  private final AtomicLong bytes = new AtomicLong();

  void add(long more) {
    if (more > 0 && bytes.addAndGet(more) >= LIMIT && bytes.getAndSet(0) >= LIMIT) {
      System.gc();
    }
  }
}
