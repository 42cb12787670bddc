package org.nbdcore.filter.common;

import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/** Parses a probability: {@code 0.1}, {@code 1e-8}, {@code 10%}, {@code 1:1000} or {@code 1/8}. */
public final class Probability {

  private Probability() {}

  /** A parameter whose value is from 0 to 1. */
  public static Parameter<Double> parameter(String key, String help) {
    return Parameter.of(key, "0..1|N%|N:M|N/M", help, Probability::parse);
  }

  private static double parse(String text) throws ConfigException {
    try {
      int division = Math.max(text.indexOf(':'), text.indexOf('/'));
      double value;
      if (division >= 0) {
        value = number(text.substring(0, division)) / number(text.substring(division + 1));
      } else if (text.endsWith("%")) {
        value = number(text.substring(0, text.length() - 1)) / 100;
      } else {
        value = number(text);
      }
      if (value >= 0 && value <= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException(message(text), e);
    }
    throw new ConfigException(message(text));
  }

  /** Parses a number. Refuses 1f and 0x1p3, which Java accepts. */
  private static double number(String text) {
    if (!text.matches("[0-9.]+([eE][-+]?[0-9]+)?")) {
      throw new NumberFormatException(text);
    }
    return Double.parseDouble(text);
  }

  private static String message(String text) {
    return "must be a probability such as 0.1, 10% or 1:10, from 0 to 1, not '" + text + "'";
  }
}
