package org.nbdcore.plugin.nulls;

import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.Zeroes;

/** Zeroes of any number, whatever is written to it. Every operation is done at once. */
final class NullDevice implements BlockDevice, ZeroCopyReadable {

  private static final Capabilities CAPABILITIES = Capabilities.all();

  private final long size;

  NullDevice(long size) {
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Capabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    Zeroes.fill(dst);
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) {
    buffers.addZeroes(length);
    return true;
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) {
    src.position(src.limit());
  }

  @Override
  public void flush() {}

  @Override
  public void trim(long offset, long length, Flags flags) {}

  @Override
  public void zero(long offset, long length, Flags flags) {}

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) {
    sink.add(offset, size - offset, ExtentSink.HOLE | ExtentSink.ZERO);
  }

  @Override
  public void cache(long offset, long length) {}

  @Override
  public void close() {}
}
