package org.nbdcore.filter.common;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ClearDevice;

/** A device that changes nothing and tells when it is closed. */
public final class HookedDevice extends ClearDevice {

  private final Runnable closed;

  /** Wraps {@code next}; {@code closed} is called once, after it is closed. */
  public HookedDevice(BlockDevice next, Runnable closed) {
    super(next);
    this.closed = closed;
  }

  @Override
  public void close() throws IOException {
    try {
      next.close();
    } finally {
      closed.run();
    }
  }
}
