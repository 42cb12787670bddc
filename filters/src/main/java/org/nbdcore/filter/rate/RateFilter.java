package org.nbdcore.filter.rate;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/**
 * Holds the token buckets of all connections together, and creates those of each connection. Reads
 * and writes have separate buckets.
 */
final class RateFilter implements Filter {

  private final AdjustableRate rate;
  private final AdjustableRate connectionRate;
  private final long burstNanos;
  private final TokenBucket reads;
  private final TokenBucket writes;

  RateFilter(AdjustableRate rate, AdjustableRate connectionRate, long burstNanos) {
    this.rate = rate;
    this.connectionRate = connectionRate;
    this.burstNanos = burstNanos;
    reads = new TokenBucket(rate, burstNanos);
    writes = new TokenBucket(rate, burstNanos);
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    if (!rate.limits() && !connectionRate.limits()) {
      return device;
    }
    return new RateDevice(
        device,
        reads,
        writes,
        new TokenBucket(connectionRate, burstNanos),
        new TokenBucket(connectionRate, burstNanos),
        request.session());
  }
}
