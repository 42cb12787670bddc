package org.nbdcore.filter.common;

/**
 * A set of numbers from 0, stored as ranges: a range of all numbers needs as much memory as one
 * number. Not safe for several threads.
 */
public final class LongRangeSet {

  private record Span(long first, long last) {}

  private final LongMap<Span> byLast = new LongMap<>();

  /** Makes an empty set. */
  public LongRangeSet() {}

  /** Adds the numbers from {@code first} to {@code last}. */
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

  /** Whether a number is there. */
  public boolean contains(long number) {
    Span span = next(number);
    return span != null && span.first <= number;
  }

  /** The first number after {@code number} that is there unlike it, or not there unlike it. */
  public long change(long number) {
    Span span = next(number);
    if (span == null) {
      return Long.MAX_VALUE;
    }
    return span.first <= number ? span.last + 1 : span.first;
  }

  /** How many spans there are. */
  public int size() {
    return byLast.size();
  }

  /** The first span that ends at {@code number} or after it, or null. */
  private Span next(long number) {
    long last = byLast.next(number);
    return last == LongMap.NONE ? null : byLast.get(last);
  }
}
