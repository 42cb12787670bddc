package org.nbdcore.metrics;

import java.util.concurrent.TimeUnit;

/** Sums of {@link RequestCounters}. Not thread-safe. */
final class RequestTotals {

  /** Upper bounds of the histogram's buckets in nanoseconds; the last bucket has none. */
  private static final long[] BOUNDS = {
    TimeUnit.MICROSECONDS.toNanos(10),
    TimeUnit.MICROSECONDS.toNanos(30),
    TimeUnit.MICROSECONDS.toNanos(100),
    TimeUnit.MICROSECONDS.toNanos(300),
    TimeUnit.MILLISECONDS.toNanos(1),
    TimeUnit.MILLISECONDS.toNanos(3),
    TimeUnit.MILLISECONDS.toNanos(10),
    TimeUnit.MILLISECONDS.toNanos(30),
    TimeUnit.MILLISECONDS.toNanos(100),
    TimeUnit.MILLISECONDS.toNanos(300),
    TimeUnit.SECONDS.toNanos(1),
    TimeUnit.SECONDS.toNanos(3),
    TimeUnit.SECONDS.toNanos(10)
  };

  static final int BUCKETS = BOUNDS.length + 1;
  static final int NANOS = BUCKETS;
  static final int BYTES = BUCKETS + 1;
  static final int ERRORS = BUCKETS + 2;
  static final int SIZE = BUCKETS + 3;

  private final long[] values = new long[SIZE];

  /** The index of the bucket for a duration. Most requests are fast, so the search is short. */
  static int bucket(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDS.length && nanos > BOUNDS[bucket]) {
      bucket++;
    }
    return bucket;
  }

  /** The upper bound of a bucket in seconds, perhaps infinite. */
  static double boundSeconds(int bucket) {
    return bucket == BOUNDS.length ? Double.POSITIVE_INFINITY : BOUNDS[bucket] / 1e9;
  }

  void add(int index, long value) {
    values[index] += value;
  }

  void add(RequestTotals other) {
    for (int i = 0; i < SIZE; i++) {
      values[i] += other.values[i];
    }
  }

  /** Completed requests in a bucket. */
  long inBucket(int bucket) {
    return values[bucket];
  }

  /** Completed requests, with and without an error. */
  long requests() {
    long sum = 0;
    for (int i = 0; i < BUCKETS; i++) {
      sum += values[i];
    }
    return sum;
  }

  /** The total time of all requests, in nanoseconds. */
  long nanos() {
    return values[NANOS];
  }

  /** Bytes of the requests without an error. */
  long bytes() {
    return values[BYTES];
  }

  /** Requests with an error. */
  long errors() {
    return values[ERRORS];
  }
}
