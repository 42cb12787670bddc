package org.nbdcore.filter.fua;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.PassThroughDevice;

/** Flushes before it closes. */
final class FlushOnCloseDevice extends PassThroughDevice {

  FlushOnCloseDevice(BlockDevice next) {
    super(next);
  }

  @Override
  public void close() throws IOException {
    try {
      next.flush();
    } finally {
      next.close();
    }
  }
}
