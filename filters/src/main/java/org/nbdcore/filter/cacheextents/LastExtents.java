package org.nbdcore.filter.cacheextents;

import java.util.concurrent.atomic.AtomicLong;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;

/**
 * The last reply about extents of an export. It is valid while the number of changes is the same as
 * at the time of the query. So a change of any export invalidates all replies. Safe for use by
 * several threads.
 */
final class LastExtents {

  private final AtomicLong changes;

  private Extents last; // guarded by this; the object is not changed any more
  private long changesBefore; // guarded by this: the number of changes at the time of the query

  /**
   * Creates the object without a reply. {@code changes} must increase after each change of any
   * disk.
   */
  LastExtents(AtomicLong changes) {
    this.changes = changes;
  }

  /**
   * Reports the known extents from {@code offset} on, the last one completely. Returns false if
   * there are none.
   */
  synchronized boolean answer(long offset, long length, ExtentSink sink) {
    if (last == null || changesBefore != changes.get()) {
      last = null;
      return false;
    }
    if (offset < last.offset() || offset >= last.position()) {
      return false;
    }
    long end = offset + length;
    long at = last.offset();
    for (int i = 0; i < last.size() && at < end; i++) {
      long runEnd = at + last.length(i);
      if (runEnd > offset) {
        long from = Math.max(at, offset);
        if (!sink.add(from, runEnd - from, last.type(i))) {
          return true;
        }
      }
      at = runEnd;
    }
    return true;
  }

  /** The number of changes. Call this before a query, and pass the result to {@link #remember}. */
  long changes() {
    return changes.get();
  }

  /**
   * Stores a reply.
   *
   * @param before the number of changes before the query
   */
  synchronized void remember(Extents answer, long before) {
    last = answer;
    changesBefore = before;
  }
}
