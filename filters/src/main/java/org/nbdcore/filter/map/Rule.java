package org.nbdcore.filter.map;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Sizes;

/**
 * One range to move.
 *
 * @param start of the range
 * @param end of the range, exclusive
 * @param destination offset of its first byte in the layer below
 */
record Rule(long start, long end, long destination) {

  private static final Pattern FORM = Pattern.compile("([^-:]+)-([^-:]+):([^-:]+)");

  /** Reads {@code START-END:DEST}, where END is the offset of the last byte. */
  static Rule parse(String text) throws ConfigException {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new ConfigException("must be START-END:DEST, not '" + text + "'");
    }
    long start = offset(matcher.group(1), text);
    long last = offset(matcher.group(2), text);
    long destination = offset(matcher.group(3), text);
    if (last < start) {
      throw new ConfigException("must not end before it starts, unlike '" + text + "'");
    }
    if (last == Long.MAX_VALUE || destination > Long.MAX_VALUE - (last - start) - 1) {
      throw new ConfigException("must end below 8E, unlike '" + text + "'");
    }
    return new Rule(start, last + 1, destination);
  }

  private static long offset(String word, String text) throws ConfigException {
    try {
      return Sizes.parse(word);
    } catch (ConfigException e) {
      throw new ConfigException(
          "must be START-END:DEST; in '" + text + "' one " + e.getMessage(), e);
    }
  }
}
