package org.nbdcore.plugin.vddk;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.vmdk.VmdkDisk;

/** The local disk that all connections read without VDDK. */
final class LocalEngine implements Engine {

  private final VmdkDisk disk;

  LocalEngine(VmdkDisk disk) {
    this.disk = disk;
  }

  @Override
  public BlockDevice open(String path, OpenRequest request) {
    return new VmdkDevice(disk, false);
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }
}
