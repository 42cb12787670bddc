package org.nbdcore.filter.fua;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ClearDevice;

/** Flushes before it closes. */
final class FlushOnCloseDevice extends ClearDevice {

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
