package org.nbdcore.allocator;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.nbdcore.spi.ExtentSink;

/**
 * The pages of a disk by their number: a tree of arrays. Its depth depends on the number of pages
 * (one level up to 256 MiB, two up to 1 TiB, four up to 8 EiB). A node is added with the first page
 * below it, and is never removed. No operation takes a lock.
 *
 * @param <P> the type of a page
 */
final class PageTable<P> {

  private static final int HOLE = ExtentSink.HOLE | ExtentSink.ZERO;
  private static final int BITS = 12;
  private static final int FANOUT = 1 << BITS;

  private final int topShift;
  private final AtomicReferenceArray<Object> root; // pages in the lowest level, nodes above

  /** A table for the page numbers from 0 to {@code pages - 1}. */
  PageTable(long pages) {
    int shift = 0;
    while (pages - 1 >>> shift >= FANOUT) {
      shift += BITS;
    }
    this.topShift = shift;
    this.root = node();
  }

  private static AtomicReferenceArray<Object> node() {
    return new AtomicReferenceArray<>(FANOUT);
  }

  @SuppressWarnings("unchecked") // every level but the lowest holds nodes only
  private static AtomicReferenceArray<Object> asNode(Object entry) {
    return (AtomicReferenceArray<Object>) entry;
  }

  @SuppressWarnings("unchecked") // the lowest level holds pages only
  private P asPage(Object entry) {
    return (P) entry;
  }

  private static int slot(long index, int shift) {
    return (int) (index >>> shift) & FANOUT - 1;
  }

  /** The page, or null if there is none. */
  P get(long index) {
    AtomicReferenceArray<Object> node = root;
    for (int shift = topShift; shift > 0; shift -= BITS) {
      node = asNode(node.getAcquire(slot(index, shift)));
      if (node == null) {
        return null;
      }
    }
    return asPage(node.getAcquire(slot(index, 0)));
  }

  /** Adds a page if there is none. Returns the page that is in the table afterwards. */
  P putIfAbsent(long index, P page) {
    AtomicReferenceArray<Object> node = root;
    for (int shift = topShift; shift > 0; shift -= BITS) {
      int slot = slot(index, shift);
      Object child = node.getAcquire(slot);
      if (child == null) {
        AtomicReferenceArray<Object> fresh = node();
        child = node.compareAndSet(slot, null, fresh) ? fresh : node.getAcquire(slot);
      }
      node = asNode(child);
    }
    Object before = node.compareAndExchange(slot(index, 0), null, page);
    return before == null ? page : asPage(before);
  }

  /** Removes a page if it is the one in the table. */
  void remove(long index, P page) {
    AtomicReferenceArray<Object> node = root;
    for (int shift = topShift; shift > 0; shift -= BITS) {
      node = asNode(node.getAcquire(slot(index, shift)));
    }
    node.compareAndSet(slot(index, 0), page, null);
  }

  /**
   * The number of the first page that exists from {@code index} on, or {@code end} if there is none
   * before it. Skips branches without pages at once.
   */
  long nextPresent(long index, long end) {
    long at = index;
    while (at < end) {
      AtomicReferenceArray<Object> node = root;
      int shift = topShift;
      Object child = node.getAcquire(slot(at, shift));
      while (child != null && shift > 0) {
        node = asNode(child);
        shift -= BITS;
        child = node.getAcquire(slot(at, shift));
      }
      if (child != null) {
        return at;
      }
      at = (at >>> shift) + 1 << shift;
    }
    return end;
  }

  /** The number of the first page that is missing from {@code index} on, or {@code end}. */
  long nextAbsent(long index, long end) {
    long at = index;
    while (at < end && get(at) != null) {
      at++;
    }
    return at;
  }

  /**
   * Reports the extents of a disk: existing pages are data, the others are holes. Reports the last
   * page completely, even if the range ends within it.
   */
  void extents(int pageShift, long offset, long length, boolean one, ExtentSink sink) {
    long end = offset + length;
    long lastPage = (end - 1 >> pageShift) + 1;
    long index = offset >> pageShift;
    boolean more = true;
    while (more && index < lastPage) {
      boolean hole = get(index) == null;
      long next = hole ? nextPresent(index + 1, lastPage) : nextAbsent(index + 1, lastPage);
      long from = index << pageShift;
      long pageEnd = next << pageShift; // negative at the end of the largest disk
      long to = next == lastPage ? Math.max(end, pageEnd) : pageEnd;
      more = sink.add(from, to - from, hole ? HOLE : ExtentSink.DATA) && !one;
      index = next;
    }
  }
}
