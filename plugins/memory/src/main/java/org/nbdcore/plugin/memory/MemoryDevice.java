package org.nbdcore.plugin.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Loan;
import org.nbdcore.spi.Support;

/**
 * A connection's view of the shared disk. There is nothing to flush: memory is as safe as it is.
 */
final class MemoryDevice implements BlockDevice {

  private static final Capabilities CAPABILITIES =
      Capabilities.readWrite()
          .withFlush(true)
          .withTrim(true)
          .withZero(Support.NATIVE)
          .withFastZero(true)
          .withFua(Support.NATIVE)
          .withExtents(true)
          .withCache(Support.NATIVE)
          .withMultiConn(true);

  private final SparseDisk disk;

  MemoryDevice(SparseDisk disk) {
    this.disk = disk;
  }

  @Override
  public long size() {
    return disk.size();
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    disk.read(dst, offset);
  }

  @Override
  public boolean lend(long offset, long length, Loan loan) {
    disk.lend(offset, length, loan);
    return true;
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    disk.write(src, offset);
  }

  @Override
  public void flush() {}

  @Override
  public void trim(long offset, long length, int flags) {
    disk.zero(offset, length, true);
  }

  @Override
  public void zero(long offset, long length, int flags) {
    disk.zero(offset, length, (flags & Flags.MAY_TRIM) != 0);
  }

  @Override
  public void extents(long offset, long length, int flags, ExtentSink sink) {
    disk.extents(offset, length, (flags & Flags.REQ_ONE) != 0, sink);
  }

  @Override
  public void cache(long offset, long length) {}

  @Override
  public void close() {}
}
