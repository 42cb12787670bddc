package org.nbdcore.plugin.synthetic;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/** A disk whose words follow from their number and the seed. */
final class RandomDevice extends LongSequenceDevice {

  static final Capabilities WRITING =
      READING.withWrite(true).withTrim(true).withZero(Support.NATIVE);

  /** Words of a sector. */
  private static final int SECTOR = 512 / Long.BYTES;

  RandomDevice(long size, LongUnaryOperator words, Capabilities capabilities) {
    super(size, words, capabilities);
  }

  /** Every word is its number and the seed, scattered. */
  static LongUnaryOperator scattered(long seed) {
    long start = LongSequence.mix(seed);
    return word -> LongSequence.mix(start + word);
  }

  /** One random sector, repeated with the number of each copy mixed into its words. */
  static LongUnaryOperator repeated(long seed) {
    long[] sector = new long[SECTOR];
    LongUnaryOperator random = scattered(seed);
    Arrays.setAll(sector, random::applyAsLong);
    return word -> sector[(int) word & SECTOR - 1] ^ word / SECTOR;
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
