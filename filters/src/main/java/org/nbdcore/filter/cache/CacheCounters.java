package org.nbdcore.filter.cache;

import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.CounterSink;

/** Hits and misses of block reads, over all caches of the filter. */
final class CacheCounters {

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /** Counts a read of {@code blocks} blocks. */
  void read(long kept, long blocks) {
    hits.add(kept);
    misses.add(blocks - kept);
  }

  void report(CounterSink sink) {
    sink.counter("hits", "Blocks that were read from the cache.", hits.sum());
    sink.counter("misses", "Blocks that were read from the layer below.", misses.sum());
  }
}
