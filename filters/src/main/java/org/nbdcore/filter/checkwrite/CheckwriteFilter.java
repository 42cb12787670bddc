package org.nbdcore.filter.checkwrite;

import java.io.IOException;
import org.nbdcore.filter.common.BufferPool;
import org.nbdcore.filter.common.Contents;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Opens the disk for reading only. */
final class CheckwriteFilter implements Filter {

  private final BufferPool buffers = Contents.pool();

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request.withReadOnly(true));
    return request.readOnly()
        ? device
        : Layers.wrap(device, below -> new CheckwriteDevice(below, buffers, request.session()));
  }
}
