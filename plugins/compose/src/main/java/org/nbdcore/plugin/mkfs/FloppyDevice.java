package org.nbdcore.plugin.mkfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;

/** The FAT disk, which all clients share. */
final class FloppyDevice implements BlockDevice {

  private final FatVolume volume;

  FloppyDevice(FatVolume volume) {
    this.volume = volume;
  }

  @Override
  public long size() {
    return volume.size();
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    volume.read(dst, offset);
  }

  @Override
  public void close() {}
}
