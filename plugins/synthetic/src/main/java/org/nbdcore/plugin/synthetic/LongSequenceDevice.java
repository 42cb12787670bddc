package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdException;

/** A disk that is a {@link LongSequence}. */
abstract class LongSequenceDevice extends ComputedDevice {

  private final LongUnaryOperator words;

  /**
   * Makes a disk.
   *
   * @param words returns a word by its number
   */
  LongSequenceDevice(long size, LongUnaryOperator words, Capabilities capabilities) {
    super(size, capabilities);
    this.words = words;
  }

  @Override
  public void read(ByteBuffer dst, long offset) {
    LongSequence.fill(dst, offset, words);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws NbdException {
    checkWrite(src, offset, words);
  }
}
