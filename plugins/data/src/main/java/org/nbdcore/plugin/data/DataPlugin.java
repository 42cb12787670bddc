package org.nbdcore.plugin.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.nbdcore.allocator.Allocator;
import org.nbdcore.allocator.Allocators;
import org.nbdcore.allocator.MemoryDevice;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;

/** One disk in memory, filled when the server starts. */
final class DataPlugin implements Plugin {

  private final Expression contents;
  private final Optional<Long> size;
  private final Allocators allocators;
  private Allocator disk; // null until started

  DataPlugin(Expression contents, Optional<Long> size, Allocators allocators) {
    this.contents = contents;
    this.size = size;
    this.allocators = allocators;
  }

  @Override
  public void start(StartContext context) throws IOException {
    long length = contents.length();
    disk = allocators.create(size.orElse(length));
    contents.write(new Disk(disk), 0, 0, Math.min(length, disk.size()));
  }

  private record Disk(Allocator disk) implements ByteTarget {

    @Override
    public void write(ByteBuffer src, long offset) throws IOException {
      disk.write(src, offset);
    }

    @Override
    public void zero(long offset, long length) throws IOException {
      if (length > 0) {
        disk.zero(offset, length, true);
      }
    }
  }

  @Override
  public BlockDevice open(OpenRequest request) {
    return new MemoryDevice(disk);
  }

  @Override
  public void close() {
    if (disk != null) {
      disk.close();
    }
  }
}
