package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A NOACCESS extent: takes up space in the disk, but cannot be read. */
record NoAccessExtent(FileLocation descriptor, long length) implements Extent {
  @Override
  public void read(ByteBuffer dst, int n, long offset) throws IOException {
    throw new VmdkException(
        descriptor + ": the range lies in an extent that the descriptor marks NOACCESS");
  }

  @Override
  public boolean map(long offset, long length, ExtentMerger merger) throws IOException {
    return merger.add(length, ExtentKind.DATA);
  }
}
