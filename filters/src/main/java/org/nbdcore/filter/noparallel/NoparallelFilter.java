package org.nbdcore.filter.noparallel;

import java.io.IOException;
import org.nbdcore.filter.common.CapabilityDevice;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.ThreadModel;

/** A thread model; the server does the rest. */
final class NoparallelFilter implements Filter {

  private final ThreadModel model;

  NoparallelFilter(String serialize) {
    model =
        switch (serialize) {
          case "all-requests" -> ThreadModel.SERIALIZE_ALL_REQUESTS;
          case "connections" -> ThreadModel.SERIALIZE_CONNECTIONS;
          default -> ThreadModel.SERIALIZE_REQUESTS;
        };
  }

  @Override
  public ThreadModel threadModel() {
    return model;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    return model == ThreadModel.SERIALIZE_CONNECTIONS
        ? new CapabilityDevice(device, below -> below.withMultiConn(false))
        : device;
  }
}
