package org.nbdcore.filter.count;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;

/** Holds the sums of all connections and tells them when the server stops. */
final class CountFilter implements Filter {

  private static final Log LOG = Log.of("count");

  final LongAdder read = new LongAdder();
  final LongAdder written = new LongAdder();
  final LongAdder zeroed = new LongAdder();
  final LongAdder trimmed = new LongAdder();

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return new CountDevice(next.open(request), this);
  }

  @Override
  public void close() {
    LOG.debug(this::summary);
  }

  private String summary() {
    return "bytes read "
        + read.sum()
        + ", written "
        + written.sum()
        + ", zeroed "
        + zeroed.sum()
        + ", trimmed "
        + trimmed.sum();
  }
}
