package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A ZERO extent: no file, all zeroes. */
record ZeroExtent(long length) implements Extent {
  @Override
  public void read(ByteBuffer dst, int n, long offset) {
    Zeros.put(dst, n);
  }

  @Override
  public boolean map(long offset, long length, ExtentMerger merger) throws IOException {
    return merger.add(length, ExtentKind.ZERO);
  }
}
