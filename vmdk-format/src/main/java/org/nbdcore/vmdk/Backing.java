package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What is visible through the holes of one extent: the same range of the parent. Reads as zeroes if
 * there is no parent, or after the parent's end.
 *
 * @param parent null if the disk has none
 * @param start where the extent begins in the disk, in bytes
 */
record Backing(Link parent, long start) {

  void read(ByteBuffer dst, int n, long offset) throws IOException {
    int there = (int) inParent(offset, n);
    if (there > 0) {
      parent.read(dst, there, start + offset);
    }
    Zeros.put(dst, n - there);
  }

  boolean readZeroCopy(long offset, long length, FileRangeSink sink) throws IOException {
    return inParent(offset, length) == length && parent.readZeroCopy(start + offset, length, sink);
  }

  boolean map(long offset, long length, ExtentMerger merger) throws IOException {
    long there = inParent(offset, length);
    if (there > 0 && !parent.map(start + offset, there, merger)) {
      return false;
    }
    return length == there || merger.add(length - there, ExtentKind.HOLE);
  }

  private long inParent(long offset, long length) {
    if (parent == null) {
      return 0;
    }
    return Math.max(0, Math.min(length, parent.size() - (start + offset)));
  }

  /** True if the parent supplies nothing. */
  boolean isEmpty() {
    return parent == null;
  }

  /** True if the parent is known to supply only zeroes, without reading data. */
  boolean readsZero(long offset, long length) throws IOException {
    long there = inParent(offset, length);
    if (there == 0) {
      return true;
    }
    boolean[] data = new boolean[1];
    ExtentMerger merger =
        new ExtentMerger((at, run, kind) -> !(data[0] |= kind == ExtentKind.DATA), 0);
    if (parent.map(start + offset, there, merger)) {
      merger.flush();
    }
    return !data[0];
  }
}
