package org.nbdcore.plugin.memory;

import org.nbdcore.allocator.Allocator;
import org.nbdcore.allocator.MemoryDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;

/** One disk in memory, whose devices all show the same contents. */
final class MemoryPlugin implements Plugin {

  private final Allocator disk;

  MemoryPlugin(Allocator disk) {
    this.disk = disk;
  }

  @Override
  public BlockDevice open(OpenRequest request) {
    return new MemoryDevice(disk);
  }

  @Override
  public void close() {
    disk.close();
  }
}
