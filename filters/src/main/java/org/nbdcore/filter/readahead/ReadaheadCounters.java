package org.nbdcore.filter.readahead;

import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.CounterSink;

/** Counters of prefetched bytes, and of prefetched bytes that were read, for all exports. */
final class ReadaheadCounters {

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder prefetched = new LongAdder();
  private final LongAdder wasted = new LongAdder();

  /** Counts a read: whether any of its bytes had been fetched. */
  void read(boolean found) {
    (found ? hits : misses).increment();
  }

  /** Counts bytes that were fetched. */
  void prefetched(long bytes) {
    prefetched.add(bytes);
  }

  /** Counts bytes that were fetched and never read. */
  void wasted(long bytes) {
    wasted.add(bytes);
  }

  void report(CounterSink sink) {
    sink.counter("hits", "Reads whose data was already in memory.", hits.sum());
    sink.counter("misses", "Reads whose data was not in memory.", misses.sum());
    sink.counter("prefetched_bytes", "Bytes that were fetched ahead of readers.", prefetched.sum());
    sink.counter("wasted_bytes", "Prefetched bytes that were never read.", wasted.sum());
  }
}
