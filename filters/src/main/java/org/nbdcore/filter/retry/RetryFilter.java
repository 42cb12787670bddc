package org.nbdcore.filter.retry;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Makes one {@link Reopener} a connection. */
final class RetryFilter implements Filter {

  private final RetryPolicy policy;

  RetryFilter(RetryPolicy policy) {
    this.policy = policy;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    Reopener reopener = new Reopener(request, next, policy);
    return new RetryDevice(reopener, reopener.open());
  }
}
