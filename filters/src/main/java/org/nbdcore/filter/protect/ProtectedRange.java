package org.nbdcore.filter.protect;

import org.nbdcore.spi.ConfigException;

/**
 * A range as it was given, before the size of the disk is known.
 *
 * @param first byte
 * @param last byte, or {@link Long#MAX_VALUE} for that of the disk
 * @param complement whether everything else is meant
 */
record ProtectedRange(long first, long last, boolean complement) {

  static ProtectedRange parse(String text) throws ConfigException {
    boolean complement = text.startsWith("~");
    String range = complement ? text.substring(1) : text;
    int dash = range.indexOf('-');
    if (dash < 0) {
      throw malformed(text);
    }
    long first = number(range.substring(0, dash), 0, text);
    long last = number(range.substring(dash + 1), Long.MAX_VALUE, text);
    if (last < first) {
      throw new ConfigException(
          "must be START-END with START no greater than END, not '" + text + "'");
    }
    return new ProtectedRange(first, last, complement);
  }

  private static long number(String text, long missing, String whole) throws ConfigException {
    if (text.isEmpty()) {
      return missing;
    }
    try {
      long value = Long.decode(text);
      if (value >= 0 && Character.isDigit(text.charAt(0))) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException(malformed(whole).getMessage(), e);
    }
    throw malformed(whole);
  }

  private static ConfigException malformed(String text) {
    return new ConfigException(
        "must be START-END or ~START-END with numbers such as 512, 0x200 or 01000, not '"
            + text
            + "'");
  }
}
