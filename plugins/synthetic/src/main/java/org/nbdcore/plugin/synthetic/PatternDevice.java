package org.nbdcore.plugin.synthetic;

import java.util.function.LongUnaryOperator;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Support;

/** The first 8 bytes of each block contain their offset, and the other bytes are 0. */
final class PatternDevice extends LongSequenceDevice {

  static final Capabilities WRITING = READING.withWrite(true).withZero(Support.EMULATE);

  private static final int UPPER_SHIFT = 48;

  /**
   * Makes a disk.
   *
   * @param stride the size of a block, a power of 2 and at least 8
   * @param upper mixed into the upper 16 bits of each offset
   */
  PatternDevice(long size, long stride, int upper, Capabilities capabilities) {
    super(size, words(stride, upper), capabilities);
  }

  private static LongUnaryOperator words(long stride, int upper) {
    long mask = stride / Long.BYTES - 1;
    long high = (long) upper << UPPER_SHIFT;
    return word -> (word & mask) == 0 ? word * Long.BYTES ^ high : 0;
  }
}
