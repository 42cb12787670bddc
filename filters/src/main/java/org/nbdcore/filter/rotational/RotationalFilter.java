package org.nbdcore.filter.rotational;

import java.io.IOException;
import org.nbdcore.filter.common.CapabilityDevice;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Changes one bit. */
final class RotationalFilter implements Filter {

  private final boolean rotational;

  RotationalFilter(boolean rotational) {
    this.rotational = rotational;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new CapabilityDevice(next.open(request), below -> below.withRotational(rotational));
  }
}
