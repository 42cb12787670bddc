package org.nbdcore.server;

import java.nio.ByteBuffer;
import java.util.Random;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** A large disk of repeated random bytes. A write must contain the bytes that are already there. */
final class EndlessDevice implements BlockDevice {

  private static final int PERIOD = 1_048_573; // prime, so that a block in a wrong place shows
  private static final ByteBuffer PATTERN = pattern();

  private static ByteBuffer pattern() {
    byte[] bytes = new byte[PERIOD];
    new Random(42).nextBytes(bytes);
    return ByteBuffer.allocateDirect(PERIOD).put(bytes).flip().asReadOnlyBuffer();
  }

  @Override
  public long size() {
    return 1L << 40;
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readWrite();
  }

  /** The disk's bytes in a range. */
  static byte[] contents(long offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    fill(bytes, offset);
    return bytes.array();
  }

  /** The contiguous part of the pattern at {@code offset}, at most {@code length} bytes. */
  private static ByteBuffer piece(long offset, int length) {
    int from = (int) (offset % PERIOD);
    return PATTERN.slice(from, Math.min(length, PERIOD - from));
  }

  private static void fill(ByteBuffer dst, long offset) {
    long at = offset;
    while (dst.hasRemaining()) {
      ByteBuffer piece = piece(at, dst.remaining());
      at += piece.remaining();
      dst.put(piece);
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    fill(dst, offset);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws NbdException {
    long at = offset;
    while (src.hasRemaining()) {
      ByteBuffer piece = piece(at, src.remaining());
      int length = piece.remaining();
      if (!src.slice(src.position(), length).equals(piece)) {
        throw new NbdException(NbdError.EIO, "wrong bytes from " + at);
      }
      src.position(src.position() + length);
      at += length;
    }
  }

  @Override
  public void close() {}
}
