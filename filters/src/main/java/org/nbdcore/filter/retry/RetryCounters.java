package org.nbdcore.filter.retry;

import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.CounterSink;

/** Counters of the filter over all its connections. */
final class RetryCounters {

  private final LongAdder failures = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder reopenings = new LongAdder();

  /** Counts a request that the layer below failed, each time. */
  void failed() {
    failures.increment();
  }

  /** Counts a request that is sent again, each time. */
  void retried() {
    retries.increment();
  }

  /** Counts a disk that was opened again. */
  void reopened() {
    reopenings.increment();
  }

  void report(CounterSink sink) {
    sink.counter("failures", "Failures of requests in the layer below.", failures.sum());
    sink.counter("retries", "Requests that were sent again.", retries.sum());
    sink.counter("reopenings", "Disks that were opened again.", reopenings.sum());
  }
}
