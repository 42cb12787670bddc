package org.nbdcore.spi;

/** Sizes as people write them: {@code 512}, {@code 64k}, {@code 1G}, {@code 8s} for sectors. */
public final class Sizes {

  private static final String SUFFIXES = "bkmgtpe";

  private Sizes() {}

  /**
   * Reads a size.
   *
   * @param text digits, then nothing or one of {@code b k m g t p e} (powers of 1024) or {@code s}
   *     (512 bytes), in either case
   * @return from 0 to {@link Long#MAX_VALUE}
   * @throws ConfigException if the text is not a size; the message continues after the key
   */
  public static long parse(String text) throws ConfigException {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    if (digits == 0 || text.length() - digits > 1) {
      throw notASize(text);
    }
    long factor = 1;
    if (digits < text.length()) {
      char suffix = Character.toLowerCase(text.charAt(digits));
      int power = SUFFIXES.indexOf(suffix);
      if (power < 0 && suffix != 's') {
        throw notASize(text);
      }
      factor = suffix == 's' ? 512 : 1L << (10 * power);
    }
    try {
      return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), factor);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new ConfigException("must be less than 8E, not '" + text + "'", e);
    }
  }

  private static ConfigException notASize(String text) {
    return new ConfigException(
        "must be a size (a number and, if you like, one of b k M G T P E s), not '" + text + "'");
  }

  /**
   * Writes a size with the largest suffix that leaves a whole number: {@code 64K}, {@code 1000}.
   */
  public static String format(long bytes) {
    int power = 0;
    long rest = bytes;
    while (rest != 0 && rest % 1024 == 0 && power < SUFFIXES.length() - 1) {
      rest /= 1024;
      power++;
    }
    return power == 0
        ? Long.toString(bytes)
        : rest + String.valueOf(Character.toUpperCase(SUFFIXES.charAt(power)));
  }
}
