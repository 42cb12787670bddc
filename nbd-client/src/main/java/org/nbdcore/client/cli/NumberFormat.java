package org.nbdcore.client.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Formats numbers like nbdinfo. Avoids {@code Formatter}, which is slow at start-up. */
final class NumberFormat {

  private static final String UNITS = "KMGTPE";

  private NumberFormat() {}

  /** A size in the largest unit that divides it, such as 10M, or in bytes without a unit. */
  static String human(long bytes) {
    long value = bytes;
    int unit = -1;
    while (value != 0 && value % 1024 == 0 && unit < UNITS.length() - 1) {
      value /= 1024;
      unit++;
    }
    return unit < 0 ? Long.toString(bytes) : Long.toString(value) + UNITS.charAt(unit);
  }

  static String padLeft(String text, int width) {
    return text.length() >= width ? text : " ".repeat(width - text.length()) + text;
  }

  /** One digit after the point. */
  static String percent(long part, long whole) {
    return fraction(part, whole).setScale(1, RoundingMode.HALF_EVEN).toPlainString();
  }

  /** Six significant digits, like C's {@code %g}. */
  static String percentJson(long part, long whole) {
    BigDecimal rounded = fraction(part, whole).round(new MathContext(6)).stripTrailingZeros();
    return rounded.toPlainString();
  }

  private static BigDecimal fraction(long part, long whole) {
    return BigDecimal.valueOf(part)
        .multiply(BigDecimal.valueOf(100))
        .divide(BigDecimal.valueOf(whole), MathContext.DECIMAL64);
  }
}
