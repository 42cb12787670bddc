package org.nbdcore.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;

/**
 * Intercepts each call except close before the next device executes it; it offers no zero-copy
 * reads.
 */
abstract class InterceptedDevice extends FilterBlockDevice {

  InterceptedDevice(BlockDevice next) {
    super(next);
  }

  /** Called on any thread before each call; if it throws, the next device is not called. */
  abstract void before(Operation operation) throws IOException;

  @Override
  public final long size() throws IOException {
    before(Operation.SIZE);
    return next.size();
  }

  @Override
  public final Capabilities capabilities() throws IOException {
    before(Operation.CAPABILITIES);
    return next.capabilities();
  }

  @Override
  public final void read(ByteBuffer dst, long offset) throws IOException {
    before(Operation.READ);
    next.read(dst, offset);
  }

  @Override
  public final void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    before(Operation.WRITE);
    next.write(src, offset, flags);
  }

  @Override
  public final void flush() throws IOException {
    before(Operation.FLUSH);
    next.flush();
  }

  @Override
  public final void trim(long offset, long length, Flags flags) throws IOException {
    before(Operation.TRIM);
    next.trim(offset, length, flags);
  }

  @Override
  public final void zero(long offset, long length, Flags flags) throws IOException {
    before(Operation.ZERO);
    next.zero(offset, length, flags);
  }

  @Override
  public final void extents(long offset, long length, Flags flags, ExtentSink sink)
      throws IOException {
    before(Operation.EXTENTS);
    next.extents(offset, length, flags, sink);
  }

  @Override
  public final void cache(long offset, long length) throws IOException {
    before(Operation.CACHE);
    next.cache(offset, length);
  }
}
