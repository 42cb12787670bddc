package org.nbdcore.filter.ddrescue;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.helpers.BlockDevices;

/** Opens the disk for reading only, and only what was rescued can be read. */
final class DdrescueFilter implements Filter {

  private final RescueMap map;

  DdrescueFilter(RescueMap map) {
    this.map = map;
  }

  /** Extents are passed on: they say where the file has holes, which is not where it is bad. */
  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice checked = BlockDevices.checked(next.open(request.withReadOnly(true)), this::check);
    return CapabilityDevice.of(checked, below -> below.withWrite(false));
  }

  private void check(RequestType type, long offset, long length) throws NbdException {
    if (type != RequestType.READ && type != RequestType.CACHE) {
      return;
    }
    long lost = map.firstLost(offset, length);
    if (lost >= 0) {
      throw new NbdException(
          NbdError.EIO, "byte " + lost + " was not rescued, as ddrescue's map says");
    }
  }
}
