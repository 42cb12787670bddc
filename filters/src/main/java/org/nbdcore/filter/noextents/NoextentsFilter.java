package org.nbdcore.filter.noextents;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Does not offer extents, so the server never queries them. */
final class NoextentsFilter implements Filter {

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return CapabilityDevice.of(next.open(request), below -> below.withExtents(false));
  }
}
