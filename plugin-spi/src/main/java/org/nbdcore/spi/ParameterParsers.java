package org.nbdcore.spi;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parsers of the common types of parameters. */
final class ParameterParsers {

  private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(s|ms|us|μs|ns)?");

  private ParameterParsers() {}

  static long integer(String text, long min, long max) throws ConfigException {
    long value;
    try {
      if (text.indexOf('#') >= 0) {
        throw new NumberFormatException("# is for Java's programs");
      }
      value = Long.decode(text);
    } catch (NumberFormatException e) {
      throw new ConfigException("must be a whole number, not '" + text + "'", e);
    }
    if (value < min || value > max) {
      throw new ConfigException("must be from " + min + " to " + max + ", not " + value);
    }
    return value;
  }

  static boolean bool(String text) throws ConfigException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "1", "true", "t", "yes", "y", "on" -> true;
      case "0", "false", "f", "no", "n", "off" -> false;
      default -> throw new ConfigException("must be true or false, not '" + text + "'");
    };
  }

  static Path path(String text) throws ConfigException {
    if (text.isEmpty()) {
      throw new ConfigException("must not be empty: it names a file");
    }
    try {
      return FileNames.absolute(text);
    } catch (InvalidPathException e) {
      throw new ConfigException("must be a file name, not '" + text + "': " + e.getReason(), e);
    }
  }

  static Duration duration(String text) throws ConfigException {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new ConfigException(
          "must be a time such as 10, 1.5s, 100ms, 20us or 5ns, not '" + text + "'");
    }
    int digits = matcher.group(2) == null ? 9 : decimals(matcher.group(2));
    try {
      long nanos = new BigDecimal(matcher.group(1)).movePointRight(digits).longValueExact();
      return Duration.ofNanos(nanos);
    } catch (ArithmeticException e) {
      throw new ConfigException(
          "must be a whole number of nanoseconds below 292 years, not '" + text + "'", e);
    }
  }

  private static int decimals(String unit) {
    return switch (unit) {
      case "s" -> 9;
      case "ms" -> 6;
      case "us", "μs" -> 3;
      default -> 0;
    };
  }

  static String choice(String text, List<String> words) throws ConfigException {
    if (words.contains(text)) {
      return text;
    }
    throw new ConfigException(
        "must be one of " + String.join(", ", words) + ", not '" + text + "'");
  }
}
