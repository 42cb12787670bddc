package org.nbdcore.spi.helpers;

import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Sizes;

/** Arithmetic of blocks whose size is a power of two. */
public final class Alignment {

  private Alignment() {}

  /** The start of the block that contains {@code offset}. */
  public static long roundDown(long offset, long block) {
    return offset & -block;
  }

  /** {@code offset} if a block begins there, otherwise the end of the block that contains it. */
  public static long roundUp(long offset, long block) {
    return (offset + block - 1) & -block;
  }

  /** True if a block begins at {@code offset}. */
  public static boolean isAligned(long offset, long block) {
    return (offset & (block - 1)) == 0;
  }

  /** True if the number is a power of two. */
  public static boolean isPowerOfTwo(long value) {
    return value > 0 && (value & (value - 1)) == 0;
  }

  /** A parameter whose value is a power of two from {@code min} to {@code max} bytes. */
  public static Parameter<Long> powerOfTwoParameter(String key, long min, long max, String help) {
    return Parameter.size(key, help)
        .map(
            value -> {
              if (value < min || value > max || !isPowerOfTwo(value)) {
                throw new ConfigException(
                    "must be a power of two between "
                        + Sizes.format(min)
                        + " and "
                        + Sizes.format(max)
                        + ", not "
                        + value);
              }
              return value;
            });
  }
}
