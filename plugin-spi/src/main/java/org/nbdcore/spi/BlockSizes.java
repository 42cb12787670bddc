package org.nbdcore.spi;

import java.util.Objects;

/** The size constraints of a device (NBD protocol, "Size constraints"): one immutable value. */
public final class BlockSizes {

  /** No limit on the length of a read or write. */
  public static final long UNLIMITED = 0xffff_ffffL;

  /**
   * The sizes of a device that does not set them: minimum 1, preferred 4096, maximum {@link
   * #UNLIMITED}.
   */
  public static final BlockSizes DEFAULT = new BlockSizes(1, 4096, UNLIMITED);

  private final int minimum;
  private final int preferred;
  private final long maximum;

  private BlockSizes(int minimum, int preferred, long maximum) {
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
    this.minimum = minimum;
    this.preferred = preferred;
    this.maximum = maximum;
  }

  /**
   * Creates the size constraints of a device, in bytes.
   *
   * @param minimum a power of two from 1 to 65536
   * @param preferred a power of two from 512 to 32 MiB, at least {@code minimum}
   * @param maximum a multiple of {@code minimum}, or {@link #UNLIMITED}
   * @throws IllegalArgumentException for other values
   */
  public static BlockSizes of(int minimum, int preferred, long maximum) {
    return new BlockSizes(minimum, preferred, maximum);
  }

  /**
   * The minimum block size in bytes, a power of two from 1 to 65536. Every offset and length is a
   * multiple of it.
   */
  public int minimum() {
    return minimum;
  }

  /**
   * The preferred block size in bytes, a power of two from 512 to 32 MiB. Requests of multiples of
   * this size are fast.
   */
  public int preferred() {
    return preferred;
  }

  /**
   * The maximum length of a read or write in bytes: a multiple of {@link #minimum}, or {@link
   * #UNLIMITED}.
   */
  public long maximum() {
    return maximum;
  }

  /** Changes {@link #minimum}, and raises {@link #preferred} to it if necessary. */
  public BlockSizes withMinimum(int value) {
    return new BlockSizes(value, Math.max(preferred, value), maximum);
  }

  /** Changes {@link #preferred}. */
  public BlockSizes withPreferred(int value) {
    return new BlockSizes(minimum, value, maximum);
  }

  /** Changes {@link #maximum}. */
  public BlockSizes withMaximum(long value) {
    return new BlockSizes(minimum, preferred, value);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof BlockSizes other
        && minimum == other.minimum
        && preferred == other.preferred
        && maximum == other.maximum;
  }

  @Override
  public int hashCode() {
    return Objects.hash(minimum, preferred, maximum);
  }

  @Override
  public String toString() {
    return "BlockSizes[minimum="
        + minimum
        + ", preferred="
        + preferred
        + ", maximum="
        + maximum
        + "]";
  }
}
