package org.nbdcore.example.mask;

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

/**
 * The next disk with every byte changed. Trim, flush and cache do not depend on the bytes, so they
 * are inherited.
 */
final class MaskDevice extends FilterBlockDevice {

  /**
   * A multiple of every minimum block size, so that the pieces of an aligned request are aligned.
   */
  private static final int PIECE = 1 << 16;

  private final int key;

  MaskDevice(BlockDevice next, int key) {
    super(next);
    this.key = key;
  }

  /** Zeroes below would not read as zeroes here, so the server must write zeroes as data. */
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

  /** Changes a copy of the bytes, because {@code src} must not be changed. */
  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(Math.min(src.remaining(), PIECE));
    for (long at = offset; src.hasRemaining(); at += piece.limit()) {
      piece.clear();
      while (piece.hasRemaining() && src.hasRemaining()) {
        piece.put((byte) (src.get() ^ key));
      }
      next.write(piece.flip(), at, flags);
    }
  }

  /** Not offered. Fails, because zeroes below would be wrong. */
  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    throw new NbdException(NbdError.ENOTSUP, "mask makes no zeroes of its own");
  }

  /** Removes the type "zero": zeroes below do not read as zeroes here. Holes stay holes. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    next.extents(offset, length, flags, sink.without(ExtentSink.ZERO));
  }
}
