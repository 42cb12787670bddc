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

  /** A multiple of every minimum block size, so that a piece is aligned if the whole was. */
  private static final int PIECE = 1 << 16;

  private final int key;

  MaskDevice(BlockDevice next, int key) {
    super(next);
    this.key = key;
  }

  /** Zeroes made below would not read as zeroes here: let the server write them through us. */
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

  /** The source is the caller's and must not be changed, so its bytes go through a copy. */
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

  /** Not offered; a call that came all the same must not make zeroes below. */
  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    throw new NbdException(NbdError.ENOTSUP, "mask makes no zeroes of its own");
  }

  /** What reads as zeroes below does not here; that it is a hole stays true. */
  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    next.extents(offset, length, flags, sink.without(ExtentSink.ZERO));
  }
}
