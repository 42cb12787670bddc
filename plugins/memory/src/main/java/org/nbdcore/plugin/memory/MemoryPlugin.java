package org.nbdcore.plugin.memory;

import java.io.IOException;
import org.nbdcore.allocator.Allocator;
import org.nbdcore.allocator.Allocators;
import org.nbdcore.allocator.MemoryDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;

/** One disk in memory, which all connections share. */
final class MemoryPlugin implements Plugin {

  private final Allocators allocators;
  private final long size;
  private Allocator disk; // guarded by this; null until started

  MemoryPlugin(Allocators allocators, long size) {
    this.allocators = allocators;
    this.size = size;
  }

  private synchronized Allocator disk() throws IOException {
    if (disk == null) {
      disk = allocators.create(size);
    }
    return disk;
  }

  @Override
  public void start(StartContext context) throws IOException {
    disk();
  }

  @Override
  public BlockDevice open(OpenRequest request) throws IOException {
    return new MemoryDevice(disk());
  }

  @Override
  public synchronized void close() {
    if (disk != null) {
      disk.close();
    }
  }
}
