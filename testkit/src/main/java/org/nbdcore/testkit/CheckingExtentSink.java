package org.nbdcore.testkit;

import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Extents;

/** Checks that the extents that a device reports are ascending, contiguous and of a known type. */
final class CheckingExtentSink implements ExtentSink {

  private final Extents collected;
  private long end = -1;

  CheckingExtentSink(Extents collected) {
    this.collected = collected;
  }

  @Override
  public boolean add(long offset, long length, int type) {
    if (length < 0) {
      throw new AssertionError("an extent of negative length: " + offset + "+" + length);
    }
    if ((type & ~(HOLE | ZERO)) != 0) {
      throw new AssertionError("extent " + offset + "+" + length + " of unknown type " + type);
    }
    if (end < 0 && offset > collected.offset()) {
      throw new AssertionError(
          "the first extent begins at " + offset + ", after " + collected.offset());
    }
    if (end >= 0 && offset != end) {
      throw new AssertionError(
          "extent at " + offset + " does not begin where the last ended: " + end);
    }
    end = offset + length;
    return collected.add(offset, length, type);
  }

  @Override
  public boolean full() {
    return collected.full();
  }
}
