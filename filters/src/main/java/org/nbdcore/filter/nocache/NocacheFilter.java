package org.nbdcore.filter.nocache;

import java.io.IOException;
import org.nbdcore.filter.common.CapabilityDevice;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;

/** Keeps cache requests from the layer below. */
final class NocacheFilter implements Filter {

  private final Support support;

  NocacheFilter(String mode) {
    support =
        switch (mode) {
          case "emulate" -> Support.EMULATE;
          case "nop" -> Support.NATIVE;
          default -> Support.NONE;
        };
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new CapabilityDevice(next.open(request), below -> below.withCache(support)) {
      @Override
      public void cache(long offset, long length) {}
    };
  }
}
