package org.nbdcore.filter.error;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;

/** Fails requests before they reach the layer below. Flush never fails. */
final class ErrorDevice extends FilterBlockDevice {

  private final ErrorFilter errors;

  ErrorDevice(BlockDevice next, ErrorFilter errors) {
    super(next);
    this.errors = errors;
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    errors.read.failAtRandom();
    next.read(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    errors.write.failAtRandom();
    next.write(src, offset, flags);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    errors.trim.failAtRandom();
    next.trim(offset, length, flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    errors.zero.failAtRandom();
    next.zero(offset, length, flags);
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    errors.extents.failAtRandom();
    next.extents(offset, length, flags, sink);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    errors.cache.failAtRandom();
    next.cache(offset, length);
  }
}
