package org.nbdcore.filter.count;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.RequestType;
import org.nbdcore.spi.helpers.BlockDevices;
import org.nbdcore.spi.helpers.RequestObserver;

/** Holds the totals of all connections and logs them when the server stops. */
final class CountFilter implements Filter, RequestObserver {

  private static final Log LOG = Log.of("count");

  private final LongAdder read = new LongAdder();
  private final LongAdder written = new LongAdder();
  private final LongAdder zeroed = new LongAdder();
  private final LongAdder trimmed = new LongAdder();

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.observed(next.open(request), this);
  }

  /** Counts what succeeded; extents and cache requests move no bytes of the client's. */
  @Override
  public void completed(
      RequestType type, long offset, long length, long started, boolean succeeded) {
    if (!succeeded) {
      return;
    }
    switch (type) {
      case READ -> read.add(length);
      case WRITE -> written.add(length);
      case TRIM -> trimmed.add(length);
      case ZERO -> zeroed.add(length);
      case FLUSH, EXTENTS, CACHE -> {}
    }
  }

  @Override
  public void close() {
    LOG.debug(this::summary);
  }

  /** Programs look for its beginning, as nbdkit writes it. */
  private String summary() {
    return "count bytes: read "
        + read.sum()
        + ", written "
        + written.sum()
        + ", zeroed "
        + zeroed.sum()
        + ", trimmed "
        + trimmed.sum();
  }
}
