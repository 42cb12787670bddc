package org.nbdcore.spi;

/**
 * The size constraints of a device (NBD protocol, "Size constraints").
 *
 * @param minimum a power of two from 1 to 65536; every offset and length is a multiple of it
 * @param preferred a power of two from 512 to 32 MiB, at least {@code minimum}
 * @param maximum the largest read or write; a multiple of {@code minimum}, or 0xffffffff for no
 *     limit
 */
public record BlockSizes(int minimum, int preferred, long maximum) {

  /** No limit on the length of a read or write. */
  public static final long UNLIMITED = 0xffff_ffffL;

  /** The default: 1, 4096 and no limit. */
  public static final BlockSizes DEFAULT = new BlockSizes(1, 4096, UNLIMITED);

  /** Checks the ranges given above. */
  public BlockSizes {
    if (minimum < 1 || minimum > 65536 || Integer.bitCount(minimum) != 1) {
      throw new IllegalArgumentException(
          "the minimum block size must be a power of two from 1 to 65536, not " + minimum);
    }
    if (preferred < 512 || preferred > 1 << 25 || Integer.bitCount(preferred) != 1) {
      throw new IllegalArgumentException(
          "the preferred block size must be a power of two from 512 to 32M, not " + preferred);
    }
    if (preferred < minimum) {
      throw new IllegalArgumentException(
          "the preferred block size " + preferred + " is less than the minimum " + minimum);
    }
    if (maximum != UNLIMITED && (maximum < 1 || maximum > UNLIMITED || maximum % minimum != 0)) {
      throw new IllegalArgumentException(
          "the maximum block size must be a multiple of " + minimum + ", not " + maximum);
    }
  }

  /** The same with another minimum. */
  public BlockSizes withMinimum(int minimum) {
    return new BlockSizes(minimum, Math.max(preferred, minimum), maximum);
  }

  /** The same with another preferred size. */
  public BlockSizes withPreferred(int preferred) {
    return new BlockSizes(minimum, preferred, maximum);
  }

  /** The same with another maximum. */
  public BlockSizes withMaximum(long maximum) {
    return new BlockSizes(minimum, preferred, maximum);
  }
}
