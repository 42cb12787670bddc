package org.nbdcore.plugin.compose;

import org.nbdcore.spi.ExtentSink;

/** Shifts the extents of a part to their position on the disk, and records their end. */
final class ShiftedExtents implements ExtentSink {

  private final ExtentSink sink;
  private final long start;
  private final long end;
  private long position;

  /**
   * Creates the sink for one region.
   *
   * @param start of the part on the disk
   * @param end where to cut off extents
   */
  ShiftedExtents(ExtentSink sink, long start, long end) {
    this.sink = sink;
    this.start = start;
    this.end = end;
  }

  @Override
  public boolean add(long offset, long length, int type) {
    long from = start + offset;
    position = Math.min(end, from + length);
    boolean more = position <= from || sink.add(from, position - from, type);
    return more && position < end;
  }

  @Override
  public boolean full() {
    return sink.full();
  }

  /** End of the last run, on the whole disk. */
  long position() {
    return position;
  }
}
