package org.nbdcore.filter.stats;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Statistics of one type of request. Safe for use by several threads. */
final class OperationStats {

  private static final int BITS = 64;

  private final String name;
  private final LongAdder count = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  /** Requests, by the bits of their size and the zero bits at the end of their offset. */
  private final AtomicLongArray table = new AtomicLongArray(BITS * (BITS + 1));

  private final AtomicLongArray bytesBySize = new AtomicLongArray(BITS);

  OperationStats(String name) {
    this.name = name;
  }

  /** Adds a request that took {@code tookNanos}; those without a range have a length of 0. */
  void add(long offset, long length, long tookNanos) {
    count.increment();
    bytes.add(length);
    nanos.add(tookNanos);
    if (length > 0) {
      int size = BITS - 1 - Long.numberOfLeadingZeros(length);
      table.getAndIncrement(size * (BITS + 1) + Long.numberOfTrailingZeros(offset));
      bytesBySize.getAndAdd(size, length);
    }
  }

  String name() {
    return name;
  }

  long count() {
    return count.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  long nanos() {
    return nanos.sum();
  }

  /** The bytes of all requests of at least {@code 1 << bits} and less than twice that. */
  long bytesOfSize(int bits) {
    return bytesBySize.get(bits);
  }

  /** The number of those requests whose offset is a multiple of {@code 1 << alignment}. */
  long countOfSize(int bits, int alignment) {
    long sum = 0;
    for (int zeroes = alignment; zeroes <= BITS; zeroes++) {
      sum += table.get(bits * (BITS + 1) + zeroes);
    }
    return sum;
  }

  /**
   * The number of those requests with exactly {@code zeroes} zero bits at the end of their offset.
   */
  long countOfAlignment(int bits, int zeroes) {
    return table.get(bits * (BITS + 1) + zeroes);
  }
}
