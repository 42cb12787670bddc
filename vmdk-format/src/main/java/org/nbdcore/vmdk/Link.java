package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One link of a chain: a complete disk, or the difference to its parent. Immutable, thread-safe.
 */
final class Link {
  private final Extent[] extents;
  private final long[] starts;
  private final long size;

  /** The extents are contiguous; none is empty, and the sum of their sizes fits in a long. */
  Link(List<Extent> extents) {
    this.extents = extents.toArray(Extent[]::new);
    this.starts = new long[this.extents.length];
    long sum = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = sum;
      sum += this.extents[i].length();
    }
    this.size = sum;
  }

  long size() {
    return size;
  }

  /**
   * Puts {@code n} bytes from {@code start} at the buffer's position. The range lies within the
   * link.
   */
  void read(ByteBuffer dst, int n, long start) throws IOException {
    long offset = start;
    int left = n;
    for (int i = find(offset); left > 0; i++) {
      long within = offset - starts[i];
      int chunk = (int) Math.min(left, extents[i].length() - within);
      extents[i].read(dst, chunk, within);
      offset += chunk;
      left -= chunk;
    }
  }

  /** Adds a range within the link, see {@link Extent#readZeroCopy}. */
  boolean readZeroCopy(long start, long length, FileRangeSink sink) throws IOException {
    int i = find(start);
    long within = start - starts[i];
    return length <= extents[i].length() - within && extents[i].readZeroCopy(within, length, sink);
  }

  /** Adds the kinds of a range within the link. Returns true if the visitor wants more. */
  boolean map(long start, long length, ExtentMerger merger) throws IOException {
    long offset = start;
    long left = length;
    for (int i = find(offset); left > 0; i++) {
      long within = offset - starts[i];
      long chunk = Math.min(left, extents[i].length() - within);
      if (!extents[i].map(within, chunk, merger)) {
        return false;
      }
      offset += chunk;
      left -= chunk;
    }
    return true;
  }

  private int find(long offset) {
    int low = 0;
    int high = starts.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (starts[middle] <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
