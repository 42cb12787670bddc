package org.nbdcore.filter.rate;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

/** Has buckets for all connections and makes some for each; reading and writing have their own. */
final class RateFilter implements Filter {

  private final Rate rate;
  private final Rate connectionRate;
  private final long burstNanos;
  private final Bucket reads;
  private final Bucket writes;

  RateFilter(Rate rate, Rate connectionRate, long burstNanos) {
    this.rate = rate;
    this.connectionRate = connectionRate;
    this.burstNanos = burstNanos;
    reads = new Bucket(rate, burstNanos);
    writes = new Bucket(rate, burstNanos);
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
        new Bucket(connectionRate, burstNanos),
        new Bucket(connectionRate, burstNanos),
        request.session());
  }
}
