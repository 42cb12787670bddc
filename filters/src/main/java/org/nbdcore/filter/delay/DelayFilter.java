package org.nbdcore.filter.delay;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Delays opening, and creates devices that delay the requests. */
final class DelayFilter implements Filter {

  private final Delays delays;

  DelayFilter(Delays delays) {
    this.delays = delays;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    if (delays.open() > 0 && delays.active()) {
      request.session().sleep(delays.open());
    }
    return new DelayDevice(next.open(request), delays, request.session());
  }
}
