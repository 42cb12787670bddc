package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A SPARSE extent with plain grains. One read covers grains that are contiguous in the file. */
final class SparseExtent extends GrainExtent {
  private final OpenFile file;

  SparseExtent(OpenFile file, GrainLocator map, Below below, long grainBytes, long length) {
    super(map, below, grainBytes, length);
    this.file = file;
  }

  @Override
  void readStored(ByteBuffer dst, int n, long grain, long within, long located) throws IOException {
    file.read(dst, n, located + within);
  }

  @Override
  public boolean lend(long offset, long length, FileLoan loan) throws IOException {
    long place = place(offset, length);
    return place > 0
        ? Extent.lend(file, place, length, loan)
        : place == GrainMap.HOLE && lendBelow(offset, length, loan);
  }

  @Override
  long stride() {
    return grainBytes();
  }
}
