package org.nbdcore.filter.noextents;

import java.io.IOException;
import org.nbdcore.filter.common.CapabilityDevice;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Answers for the layer below that everything is data, without asking it. */
final class NoextentsFilter implements Filter {

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new CapabilityDevice(next.open(request), below -> below.withExtents(false)) {
      @Override
      public void extents(long offset, long length, int flags, ExtentSink sink) {
        sink.add(offset, length, ExtentSink.DATA);
      }
    };
  }
}
