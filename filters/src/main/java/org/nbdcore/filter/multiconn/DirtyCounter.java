package org.nbdcore.filter.multiconn;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what a flush would have to cover, and how much of it a flush has covered. A flush that
 * fails covers nothing, and a flush never waits for another. Safe for use by several threads.
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
