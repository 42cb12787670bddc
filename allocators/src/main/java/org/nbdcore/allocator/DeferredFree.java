package org.nbdcore.allocator;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that a disk has given back. Only the garbage collector frees it, as somebody may be
 * reading from it still; and that runs by itself when the heap is full, of which this memory is no
 * part. So it is asked to run from time to time: not more than so much memory waits to be freed.
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
