package org.nbdcore.filter.checkwrite;

import java.io.IOException;
import org.nbdcore.filter.common.ContentComparison;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.BufferPool;

/** Opens the disk below read-only. */
final class CheckwriteFilter implements Filter {

  private final BufferPool buffers = ContentComparison.pool();

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request.withReadOnly(true));
    return request.readOnly()
        ? device
        : BlockDevices.wrap(
            device, below -> new CheckwriteDevice(below, buffers, request.session()));
  }
}
