package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ZeroCopyReadable;

/** The same byte everywhere, read from a piece of memory that is full of it. */
final class OnesDevice extends ComputedDevice implements ZeroCopyReadable {

  private static final int PIECE = 1 << 16;

  private static final Capabilities CAPABILITIES =
      READING
          .withWrite(true)
          .withFlush(true)
          .withTrim(true)
          .withZero(Support.NATIVE)
          .withFastZero(true)
          .withFua(Support.NATIVE);

  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);

  OnesDevice(long size, byte value) {
    super(size, CAPABILITIES);
    for (int i = 0; i < PIECE; i++) {
      piece.put(i, value);
    }
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    while (dst.hasRemaining()) {
      int length = Math.min(PIECE, dst.remaining());
      dst.put(dst.position(), piece, 0, length);
      dst.position(dst.position() + length);
    }
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) {
    for (long rest = length; rest > 0; rest -= PIECE) {
      buffers.add(piece.asReadOnlyBuffer().limit((int) Math.min(PIECE, rest)));
    }
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
}
