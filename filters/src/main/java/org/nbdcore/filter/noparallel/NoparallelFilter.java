package org.nbdcore.filter.noparallel;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.ThreadModel;

/** Only declares the thread model; the server enforces it. */
final class NoparallelFilter implements Filter {

  private final ThreadModel model;

  NoparallelFilter(ThreadModel model) {
    this.model = model;
  }

  @Override
  public ThreadModel threadModel() {
    return model;
  }

  /** If a second connection must wait for the first, multi-conn must not be offered. */
  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    return model == ThreadModel.SERIALIZE_CONNECTIONS
        ? CapabilityDevice.of(device, below -> below.withMultiConn(false))
        : device;
  }
}
