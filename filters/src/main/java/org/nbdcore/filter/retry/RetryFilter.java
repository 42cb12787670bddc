package org.nbdcore.filter.retry;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Creates one {@link Reopener} for each connection. */
final class RetryFilter implements Filter {

  private final RetryPolicy policy;
  private final RetryCounters counters = new RetryCounters();

  RetryFilter(RetryPolicy policy) {
    this.policy = policy;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    Reopener reopener = new Reopener(request, next, policy, counters);
    return new RetryDevice(reopener, reopener.open());
  }

  @Override
  public void counters(CounterSink sink) {
    counters.report(sink);
  }
}
