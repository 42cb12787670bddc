package com.example;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/** The next disk with every byte changed. All calls that are not here go to the next disk. */
final class @Class@Device extends FilterBlockDevice {

  /** A multiple of every minimum block size, so the parts of an aligned write are aligned. */
  private static final int PART = 1 << 16;

  private final int key;

  @Class@Device(BlockDevice next, int key) {
    super(next);
    this.key = key;
  }

  /** Zeroes of the next disk do not read as zeroes here, so the server must write them. */
  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withZero(Support.EMULATE).withFastZero(false);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int start = dst.position();
    next.read(dst, offset);
    for (int i = start; i < dst.limit(); i++) {
      dst.put(i, (byte) (dst.get(i) ^ key));
    }
  }

  /** Writes a copy, because {@code src} belongs to the caller and must not change. */
  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(Math.min(src.remaining(), PART));
    for (long at = offset; src.hasRemaining(); at += part.limit()) {
      part.clear();
      while (part.hasRemaining() && src.hasRemaining()) {
        part.put((byte) (src.get() ^ key));
      }
      next.write(part.flip(), at, flags);
    }
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    throw new NbdException(NbdError.ENOTSUP, "@name@ does not offer zero");
  }

  /** A hole of the next disk is still a hole, but it does not read as zeroes. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    next.extents(offset, length, flags, sink.without(ExtentSink.ZERO));
  }
}
