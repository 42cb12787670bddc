package org.nbdcore.cli;

import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/** Parses the numbers of options, with the parsers of parameters. */
final class Numbers {

  private Numbers() {}

  /** A whole number in a range; the message names the option. */
  static long parse(CommandLineOption option, String text, long min, long max)
      throws ConfigException {
    return Parameter.integer(option.toString(), min, max, "").parse(text);
  }
}
