package org.nbdcore.cli.log;

import java.util.Locale;
import org.nbdcore.spi.ConfigException;

/** The form of the lines of the log ({@code --log-format}). */
public enum LogFormat {
  /** Lines in nbdkit's format. */
  TEXT,
  /** One JSON object on each line. */
  JSON;

  /**
   * Reads the value of {@code --log-format}.
   *
   * @throws ConfigException if it is neither
   */
  public static LogFormat parse(String text) throws ConfigException {
    for (LogFormat format : values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
        return format;
      }
    }
    throw new ConfigException("--log-format must be text or json, not '" + text + "'");
  }
}
