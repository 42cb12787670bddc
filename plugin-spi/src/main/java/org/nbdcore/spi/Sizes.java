package org.nbdcore.spi;

/**
 * Parses and formats sizes in human-readable form: {@code 512}, {@code 64k}, {@code 1G}, {@code 8s}
 * for sectors, also in hexadecimal ({@code 0x1000}) and octal ({@code 0777}).
 */
public final class Sizes {

  private static final String SUFFIXES = "bkmgtpe";

  private Sizes() {}

  /**
   * Parses a size.
   *
   * @param text a number as in C (after {@code 0x} hexadecimal, after {@code 0} octal), then
   *     nothing or one of {@code b k m g t p e} (powers of 1024) or {@code s} (512 bytes), in
   *     either case. A {@code _} may separate that letter from the number: {@code 0x1_E} is 1E,
   *     {@code 0x1E} is 30
   * @return the size in bytes, from 0 to {@link Long#MAX_VALUE}
   * @throws ConfigException if the text is not a size. The message continues a sentence that begins
   *     with the key of the parameter
   */
  public static long parse(String text) throws ConfigException {
    int radix = radix(text);
    int start = radix == 16 ? 2 : 0;
    int end = start;
    while (end < text.length() && isDigit(text.charAt(end), radix)) {
      end++;
    }
    int suffix = end + 1 < text.length() && text.charAt(end) == '_' ? end + 1 : end;
    if (end == start || text.length() - suffix > 1) {
      throw notASize(text);
    }
    long factor = suffix == text.length() ? 1 : factor(text.charAt(suffix), text);
    try {
      return Math.multiplyExact(Long.parseLong(text.substring(start, end), radix), factor);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new ConfigException("must be less than 8E, not '" + text + "'", e);
    }
  }

  private static int radix(String text) {
    if (text.length() < 2 || text.charAt(0) != '0') {
      return 10;
    }
    return Character.toLowerCase(text.charAt(1)) == 'x' ? 16 : 8;
  }

  private static boolean isDigit(char c, int radix) {
    return c < 128 && Character.digit(c, radix) >= 0;
  }

  private static long factor(char suffix, String text) throws ConfigException {
    char lower = Character.toLowerCase(suffix);
    int power = SUFFIXES.indexOf(lower);
    if (power < 0 && lower != 's') {
      throw notASize(text);
    }
    return lower == 's' ? 512 : 1L << (10 * power);
  }

  private static ConfigException notASize(String text) {
    return new ConfigException(
        "must be a size (a number, optionally with a unit b k M G T P E s), not '" + text + "'");
  }

  /**
   * Formats a size with the largest suffix that leaves a whole number: {@code 64K}, {@code 1000}.
   *
   * @param bytes at least 0
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
