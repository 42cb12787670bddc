package org.nbdcore.filter.common;

/**
 * A set of numbers of at least 0, stored as ranges: a range of any length needs as much memory as
 * one number. Not safe for use by several threads.
 */
public final class LongRangeSet {

  private record Span(long first, long last) {}

  private final LongMap<Span> byLast = new LongMap<>();

  /** Creates an empty set. */
  public LongRangeSet() {}

  /** Adds the numbers from {@code first} to {@code last}, inclusive. */
  public void add(long first, long last) {
    Span whole = new Span(first, last);
    Span next = next(Math.max(0, first - 1));
    if (next != null && next.first <= first && next.last >= last) {
      return;
    }
    while (next != null && next.first <= last + 1) {
      byLast.remove(next.last);
      whole = new Span(Math.min(whole.first, next.first), Math.max(whole.last, next.last));
      next = next(next.last);
    }
    byLast.put(whole.last, whole);
  }

  /** True if the set contains a number. */
  public boolean contains(long number) {
    Span span = next(number);
    return span != null && span.first <= number;
  }

  /**
   * The first number after {@code number} whose membership in the set differs from that of {@code
   * number}.
   */
  public long change(long number) {
    Span span = next(number);
    if (span == null) {
      return Long.MAX_VALUE;
    }
    return span.first <= number ? span.last + 1 : span.first;
  }

  /** The number of ranges. */
  public int size() {
    return byLast.size();
  }

  /** The first range that ends at or after {@code number}, or null. */
  private Span next(long number) {
    long last = byLast.next(number);
    return last == LongMap.NONE ? null : byLast.get(last);
  }
}
