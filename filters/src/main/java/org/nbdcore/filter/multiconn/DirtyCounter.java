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

  /** How many marks were made so far; to be asked before a flush begins. */
  long made() {
    return made.get();
  }

  /** Whether flushes have covered every mark. */
  boolean clean() {
    return covered.get() >= made.get();
  }

  /** A flush has succeeded that began when {@code upTo} marks had been made. */
  void cover(long upTo) {
    covered.accumulateAndGet(upTo, Math::max);
  }
}
