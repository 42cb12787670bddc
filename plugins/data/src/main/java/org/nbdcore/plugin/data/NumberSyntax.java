package org.nbdcore.plugin.data;

import java.math.BigInteger;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Sizes;

/** The numbers of the language: {@code 10}, {@code 012}, {@code 0xa}, and sizes as {@code 4k}. */
final class NumberSyntax {

  private NumberSyntax() {}

  /** A number of up to 64 bits, unsigned. */
  static long unsigned(String word, int bits, SourcePosition position) throws ConfigException {
    try {
      BigInteger value = new BigInteger(digits(word), radix(word));
      if (value.bitLength() <= bits && value.signum() >= 0) {
        return value.longValue();
      }
    } catch (NumberFormatException e) {
      throw notANumber(word, position);
    }
    throw position.error("'" + word + "' does not fit into " + bits / Byte.SIZE + " bytes");
  }

  /** An offset or a count, possibly with a suffix. */
  static long size(String word, SourcePosition position) throws ConfigException {
    try {
      return Sizes.parse(word);
    } catch (ConfigException e) {
      throw notANumber(word, position);
    }
  }

  private static ConfigException notANumber(String word, SourcePosition position) {
    return position.error("a number is expected here, not '" + word + "'");
  }

  private static int radix(String word) {
    if (word.startsWith("0x") || word.startsWith("0X")) {
      return 16;
    }
    return word.length() > 1 && word.startsWith("0") ? 8 : 10;
  }

  private static String digits(String word) {
    return switch (radix(word)) {
      case 16 -> word.substring(2);
      case 8 -> word.substring(1);
      default -> word;
    };
  }
}
