package org.nbdcore.plugin.memory;

import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/** One disk in memory, whose devices all show the same contents. */
final class MemoryPlugin implements Plugin {

  private final SparseDisk disk;

  MemoryPlugin(long size) {
    this.disk = new SparseDisk(size);
  }

  @Override
  public BlockDevice open(OpenRequest request) {
    return new MemoryDevice(disk);
  }
}
