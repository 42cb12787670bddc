package org.nbdcore.filter.multiconn;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts unflushed changes, and how many of them a flush has covered. A failed flush covers
 * nothing. A flush never waits for another one. Safe for use by several threads.
 */
final class DirtyCounter {

  private final AtomicLong made = new AtomicLong();
  private final AtomicLong covered = new AtomicLong();

  void mark() {
    made.incrementAndGet();
  }

  /** The number of marks so far. Call this before a flush. */
  long made() {
    return made.get();
  }

  /** True if flushes have covered every mark. */
  boolean clean() {
    return covered.get() >= made.get();
  }

  /**
   * Records a successful flush.
   *
   * @param upTo number of marks at the start of the flush
   */
  void cover(long upTo) {
    covered.accumulateAndGet(upTo, Math::max);
  }
}
