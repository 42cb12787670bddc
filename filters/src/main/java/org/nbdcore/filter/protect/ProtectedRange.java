package org.nbdcore.filter.protect;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.ConfigException;

/**
 * A range of a parameter.
 *
 * @param start of the range
 * @param end of the range, exclusive; {@link Long#MAX_VALUE} for the end of the disk
 * @param complement whether the range is all other bytes
 */
record ProtectedRange(long start, long end, boolean complement) {

  private static final String NUMBER = "(0[xX][0-9a-fA-F]+|[0-9]+|)";
  private static final Pattern FORM = Pattern.compile("(~?)" + NUMBER + "-" + NUMBER);

  static ProtectedRange parse(String text) throws ConfigException {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new ConfigException(
          "must be START-END, where either may be left out, or ~START-END, not '" + text + "'");
    }
    long start = number(matcher.group(2), 0, text);
    long last = number(matcher.group(3), Long.MAX_VALUE, text);
    if (last < start) {
      throw new ConfigException("must not end before it starts, as '" + text + "' does");
    }
    long end = last == Long.MAX_VALUE ? last : last + 1;
    return new ProtectedRange(start, end, !matcher.group(1).isEmpty());
  }

  private static long number(String digits, long missing, String text) throws ConfigException {
    if (digits.isEmpty()) {
      return missing;
    }
    try {
      return Long.decode(digits);
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "must hold numbers below 8E, decimal, 0x hexadecimal or 0 octal, not '" + text + "'", e);
    }
  }
}
