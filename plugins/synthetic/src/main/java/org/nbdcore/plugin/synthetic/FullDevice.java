package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.spi.Zeroes;

/** One hole, on storage that has nothing left to fill it with. */
final class FullDevice extends ComputedDevice implements ZeroCopyReadable {

  static final Capabilities HOLES = READING.withExtents(true);

  static final Capabilities WRITING =
      HOLES.withWrite(true).withTrim(true).withZero(Support.NATIVE).withFastZero(true);

  FullDevice(long size, Capabilities capabilities) {
    super(size, capabilities);
  }

  private static NbdException full() {
    return new NbdException(NbdError.ENOSPC, "no space is left on the device");
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
  public void write(ByteBuffer src, long offset, Flags flags) throws NbdException {
    throw full();
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws NbdException {
    throw full();
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws NbdException {
    if (flags.has(Flags.FAST_ZERO)) {
      throw new NbdException(NbdError.ENOTSUP, "zeroes are not faster than a write on a full disk");
    }
    throw full();
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) {
    sink.add(offset, size() - offset, ExtentSink.HOLE | ExtentSink.ZERO);
  }
}
