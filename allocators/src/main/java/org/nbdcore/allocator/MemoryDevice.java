package org.nbdcore.allocator;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.ZeroCopyReadable;

/**
 * A connection's view of a disk in memory, which all connections share. A flush has no effect.
 * Closing the device does not close the disk.
 */
public final class MemoryDevice implements BlockDevice, ZeroCopyReadable {

  /**
   * The maximum request of the server. Advertised, because otherwise the client would see no limit.
   */
  private static final int LONGEST = 64 << 20;

  private final Allocator disk;
  private final Capabilities capabilities;

  /** Creates a view of the whole {@code disk}. */
  public MemoryDevice(Allocator disk) {
    this.disk = disk;
    capabilities =
        Capabilities.all().withBlockSizes(BlockSizes.of(1, disk.preferredSize(), LONGEST));
  }

  @Override
  public long size() {
    return disk.size();
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    disk.read(dst, offset);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return disk.readZeroCopy(offset, length, buffers);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    disk.write(src, offset);
  }

  @Override
  public void flush() {}

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    disk.zero(offset, length, true);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    disk.zero(offset, length, flags.has(Flags.MAY_TRIM));
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    disk.extents(offset, length, flags.has(Flags.REQ_ONE), sink);
  }

  @Override
  public void cache(long offset, long length) {}

  @Override
  public void close() {}
}
