package org.nbdcore.filter.qcow2dec;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;

/** Reads the header and the first table for each connection. */
final class Qcow2decFilter implements Filter {

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(
        next.open(request.withReadOnly(true)),
        below -> new Qcow2decDevice(below, Qcow2Header.read(below)));
  }
}
