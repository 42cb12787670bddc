package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A SPARSE extent with plain grains. One read covers grains that are contiguous in the file. */
final class SparseExtent extends GrainExtent {
  private final OpenFile file;

  SparseExtent(OpenFile file, GrainLocator map, Backing backing, long grainBytes, long length) {
    super(map, backing, grainBytes, length);
    this.file = file;
  }

  @Override
  void readStored(ByteBuffer dst, int n, long grain, long within, long located) throws IOException {
    file.read(dst, n, located + within);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, FileRangeSink sink) throws IOException {
    long position = position(offset, length);
    return position > 0
        ? Extent.readZeroCopy(file, position, length, sink)
        : position == GrainMap.HOLE && readBackingZeroCopy(offset, length, sink);
  }

  @Override
  long stride() {
    return grainBytes();
  }
}
