package org.nbdcore.metrics;

import org.nbdcore.spi.RequestType;

/** The {@link RequestTotals} of all types of requests. Not thread-safe. */
final class Totals {

  private static final RequestType[] TYPES = RequestType.values();

  private final RequestTotals[] byType = new RequestTotals[TYPES.length];

  Totals() {
    for (int i = 0; i < byType.length; i++) {
      byType[i] = new RequestTotals();
    }
  }

  RequestTotals of(RequestType type) {
    return byType[type.ordinal()];
  }

  void add(Totals other) {
    for (int i = 0; i < byType.length; i++) {
      byType[i].add(other.byType[i]);
    }
  }

  /** Completed requests of all types. */
  long requests() {
    long sum = 0;
    for (RequestTotals totals : byType) {
      sum += totals.requests();
    }
    return sum;
  }

  /** Requests of all types with an error. */
  long errors() {
    long sum = 0;
    for (RequestTotals totals : byType) {
      sum += totals.errors();
    }
    return sum;
  }

  /** Bytes that clients have read. */
  long bytesRead() {
    return of(RequestType.READ).bytes();
  }

  /** Bytes that clients have written, zeroes included. */
  long bytesWritten() {
    return of(RequestType.WRITE).bytes() + of(RequestType.ZERO).bytes();
  }
}
