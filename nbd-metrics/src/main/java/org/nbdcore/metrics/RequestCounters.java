package org.nbdcore.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counters of one type of request on one connection. Usually one thread serves a connection, so its
 * counters are rarely contended. Adding does not allocate.
 */
final class RequestCounters {

  private final AtomicLongArray values = new AtomicLongArray(RequestTotals.SIZE);

  /** Counts a completed request. */
  void completed(long length, boolean failed, long nanos) {
    values.getAndIncrement(RequestTotals.bucket(nanos));
    values.getAndAdd(RequestTotals.NANOS, nanos);
    if (failed) {
      values.getAndIncrement(RequestTotals.ERRORS);
    } else {
      values.getAndAdd(RequestTotals.BYTES, length);
    }
  }

  /** Adds the counts to {@code totals}. */
  void addTo(RequestTotals totals) {
    for (int i = 0; i < RequestTotals.SIZE; i++) {
      totals.add(i, values.get(i));
    }
  }
}
