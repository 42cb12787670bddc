package org.nbdcore.client.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as nbdinfo prints them, without the cost of a Formatter at start-up. */
final class NumberFormat {

  private NumberFormat() {}

  static String padLeft(String text, int width) {
    return text.length() >= width ? text : " ".repeat(width - text.length()) + text;
  }

  /** One digit after the point. */
  static String percent(long part, long whole) {
    return fraction(part, whole).setScale(1, RoundingMode.HALF_EVEN).toPlainString();
  }

  /** Six digits, as C's %g does. */
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
