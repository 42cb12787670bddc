package org.nbdcore.plugin.vddk;

import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.CounterSink;

/**
 * Counters of the requests to a server over HTTPS, and of cache hits, for all disks of a plugin.
 */
final class HttpsCalls {

  /** The kind of request. */
  enum Kind {
    SIZE("size"),
    READ("read");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  private final CallTotals totals = new CallTotals(Kind.values().length);
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /** Counts a call that began at {@code startNanos}, by {@link System#nanoTime}. */
  void ended(Kind kind, long startNanos, boolean failed) {
    totals.ended(kind, startNanos);
    if (failed) {
      totals.failed(kind);
    }
  }

  /** Counts the use of a block; {@code kept} is true if it was in the cache. */
  void block(boolean kept) {
    (kept ? hits : misses).increment();
  }

  void report(CounterSink sink) {
    for (Kind kind : Kind.values()) {
      totals.report(sink, "https_", "of the server over HTTPS", kind, kind.label);
    }
    sink.counter("https_cache_hits", "Blocks of files that were read from memory.", hits.sum());
    sink.counter("https_cache_misses", "Blocks of files that were fetched.", misses.sum());
  }
}
