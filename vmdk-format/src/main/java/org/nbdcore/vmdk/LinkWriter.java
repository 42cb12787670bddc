package org.nbdcore.vmdk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Writes to the writable link: passes each part of a range to its extent. */
final class LinkWriter {
  private final ExtentWriter[] extents;
  private final long[] ends; // in bytes from the link's start

  /**
   * @param extents those of the link, in its order
   * @param lengths their lengths in bytes, none of them 0
   */
  LinkWriter(List<ExtentWriter> extents, List<Long> lengths) {
    this.extents = extents.toArray(ExtentWriter[]::new);
    this.ends = new long[this.extents.length];
    long sum = 0;
    for (int i = 0; i < ends.length; i++) {
      sum += lengths.get(i);
      ends[i] = sum;
    }
  }

  void write(ByteBuffer src, long start) throws IOException {
    long offset = start;
    int i = find(offset);
    while (src.hasRemaining()) {
      int n = (int) Math.min(src.remaining(), ends[i] - offset);
      extents[i].write(src, n, offset - begin(i));
      offset += n;
      i++;
    }
  }

  void zero(long start, long length) throws IOException {
    long offset = start;
    for (int i = find(offset); offset < start + length; i++) {
      long n = Math.min(start + length, ends[i]) - offset;
      extents[i].zero(offset - begin(i), n);
      offset += n;
    }
  }

  void trim(long start, long length) throws IOException {
    long offset = start;
    for (int i = find(offset); offset < start + length; i++) {
      long n = Math.min(start + length, ends[i]) - offset;
      extents[i].trim(offset - begin(i), n);
      offset += n;
    }
  }

  boolean zeroesQuickly() throws IOException {
    for (ExtentWriter each : extents) {
      if (!each.zeroesQuickly()) {
        return false;
      }
    }
    return true;
  }

  void flush() throws IOException {
    for (ExtentWriter each : extents) {
      each.flush();
    }
  }

  /** Settles all extents, and then throws the first failure, if any. */
  void settle() throws IOException {
    Closeables.closeAll(Arrays.stream(extents).<Closeable>map(each -> each::settle).toList());
  }

  private long begin(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  /** Returns the extent of an offset; their number if it is the end, where only nothing fits. */
  private int find(long offset) {
    // A linear search: a disk of 2 GiB extents has a few, and 4096 extents are still fast.
    int i = 0;
    while (i < ends.length && ends[i] <= offset) {
      i++;
    }
    return i;
  }
}
