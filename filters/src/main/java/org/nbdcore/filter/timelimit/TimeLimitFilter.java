package org.nbdcore.filter.timelimit;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Starts the clock when a client opens the disk. */
final class TimeLimitFilter implements Filter {

  private final long nanos;

  TimeLimitFilter(long nanos) {
    this.nanos = nanos;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    return new TimeLimitDevice(device, nanos, request.session());
  }
}
