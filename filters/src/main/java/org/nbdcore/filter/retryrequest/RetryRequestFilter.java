package org.nbdcore.filter.retryrequest;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Retries opening, if configured, and creates devices that retry requests. */
final class RetryRequestFilter implements Filter {

  private final int retries;
  private final long delayNanos;
  private final boolean retryOpen;

  RetryRequestFilter(int retries, long delayNanos, boolean retryOpen) {
    this.retries = retries;
    this.delayNanos = delayNanos;
    this.retryOpen = retryOpen;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = retryOpen ? openRetrying(request, next) : next.open(request);
    return new RetryRequestDevice(device, retries, delayNanos, request.session());
  }

  private BlockDevice openRetrying(OpenRequest request, Backend next) throws IOException {
    for (int failures = 1; ; failures++) {
      try {
        return next.open(request);
      } catch (IOException e) {
        if (failures > retries || !request.session().connected()) {
          throw e;
        }
        request.session().sleep(delayNanos);
      }
    }
  }
}
