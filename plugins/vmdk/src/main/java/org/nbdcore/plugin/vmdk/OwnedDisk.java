package org.nbdcore.plugin.vmdk;

import java.io.Closeable;
import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.FilterBlockDevice;

/** A connection's own disk, whose files are closed with the connection. */
final class OwnedDisk extends FilterBlockDevice {
  private final Closeable files;

  OwnedDisk(BlockDevice device, Closeable files) {
    super(device);
    this.files = files;
  }

  @Override
  public void close() throws IOException {
    try (files) {
      next.close();
    }
  }
}
