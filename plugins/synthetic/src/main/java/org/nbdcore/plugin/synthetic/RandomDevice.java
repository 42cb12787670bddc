package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/** Every word is its number and the seed, scattered. */
final class RandomDevice extends ComputedDevice {

  static final Capabilities WRITING =
      READING.withWrite(true).withTrim(true).withZero(Support.NATIVE);

  private final LongUnaryOperator words;

  RandomDevice(long size, long seed, Capabilities capabilities) {
    super(size, capabilities);
    long start = LongSequence.mix(seed);
    words = word -> LongSequence.mix(start + word);
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    LongSequence.fill(dst, offset, words);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws NbdException {
    if (!LongSequence.match(src, offset, words)) {
      throw new NbdException(
          NbdError.EIO, "what is written at " + offset + " is not what this disk holds there");
    }
    src.position(src.limit());
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws NbdException {
    throw notSparse();
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws NbdException {
    throw notSparse();
  }

  private static NbdException notSparse() {
    return new NbdException(
        NbdError.EIO, "a random disk has no zeroes: it cannot be trimmed or zeroed");
  }
}
