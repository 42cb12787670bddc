package org.nbdcore.filter.cacheextents;

import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;

/** The last answer about extents of an export. Safe for several threads. */
final class LastExtents {

  private Extents last; // guarded by this; not changed once it is here
  private long generation; // guarded by this

  /** Tells what is known from {@code offset} on; returns whether that is anything. */
  synchronized boolean answer(long offset, long length, ExtentSink sink) {
    if (last == null || offset < last.offset() || offset >= last.position()) {
      return false;
    }
    long end = offset + length;
    long at = last.offset();
    for (int i = 0; i < last.size() && at < end; i++) {
      long runEnd = at + last.length(i);
      if (runEnd > offset) {
        long from = Math.max(at, offset);
        if (!sink.add(from, Math.min(runEnd, end) - from, last.type(i))) {
          return true;
        }
      }
      at = runEnd;
    }
    return true;
  }

  /** To be handed to {@link #remember} with what is asked for now. */
  synchronized long generation() {
    return generation;
  }

  /** Keeps an answer, unless the disk was changed since the generation was asked for. */
  synchronized void remember(Extents answer, long asked) {
    if (asked == generation) {
      last = answer;
    }
  }

  /** The disk was changed. */
  synchronized void forget() {
    generation++;
    last = null;
  }
}
