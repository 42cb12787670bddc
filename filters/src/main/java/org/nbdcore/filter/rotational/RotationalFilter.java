package org.nbdcore.filter.rotational;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Sets or clears the capability "rotational". */
final class RotationalFilter implements Filter {

  private final boolean rotational;

  RotationalFilter(boolean rotational) {
    this.rotational = rotational;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return CapabilityDevice.of(next.open(request), below -> below.withRotational(rotational));
  }
}
