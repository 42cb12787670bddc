package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A FLAT or VMFS extent: the disk's bytes unchanged, from some offset of a file. */
final class FlatExtent implements Extent {
  private final OpenFile file;
  private final FileHoles holes; // null if the holes are not known
  private final long start;
  private final long length;

  FlatExtent(OpenFile file, FileHoles holes, long start, long length) throws VmdkException {
    if (start > file.size() || length > file.size() - start) {
      throw VmdkException.bad(
          file.location(),
          "the size",
          file.size() + " bytes",
          "at least " + length + " bytes from byte " + start + ", as the descriptor says");
    }
    this.file = file;
    this.holes = holes;
    this.start = start;
    this.length = length;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void read(ByteBuffer dst, int n, long offset) throws IOException {
    file.read(dst, n, start + offset);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, FileRangeSink sink) {
    return Extent.readZeroCopy(file, start + offset, length, sink);
  }

  @Override
  public boolean map(long offset, long length, ExtentMerger merger) throws IOException {
    if (holes == null) {
      return merger.add(length, ExtentKind.DATA);
    }
    long at = start + offset;
    long end = at + length;
    while (at < end) {
      long data = Math.min(end, notBefore(at, holes.nextData(at)));
      if (data > at && !merger.add(data - at, ExtentKind.HOLE)) {
        return false;
      }
      if (data == end) {
        return true;
      }
      // If another thread punches a hole, a range that had data may have none left. Report it as
      // data.
      long hole = Math.min(end, notBefore(data + 1, holes.nextHole(data)));
      if (!merger.add(hole - data, ExtentKind.DATA)) {
        return false;
      }
      at = hole;
    }
    return true;
  }

  private static long notBefore(long floor, long offset) {
    return Math.max(floor, offset);
  }
}
