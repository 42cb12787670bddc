package org.nbdcore.cli.log;

import java.nio.file.Path;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.FileNames;

/**
 * The destination of warnings and errors ({@code --log}). Debug messages always go to standard
 * error.
 *
 * @param kind of destination
 * @param file an absolute path for {@link Kind#FILE}, otherwise null
 */
public record LogDestination(Kind kind, Path file) {

  /** The kinds of destinations. */
  public enum Kind {
    /** Standard error. */
    STDERR,
    /** The system's log. */
    SYSLOG,
    /** Nowhere. */
    NULL,
    /** Appended to a file. */
    FILE
  }

  /** Standard error. */
  public static final LogDestination STDERR = new LogDestination(Kind.STDERR, null);

  /** The system's log. */
  public static final LogDestination SYSLOG = new LogDestination(Kind.SYSLOG, null);

  /**
   * Reads the value of {@code --log}.
   *
   * @param background whether the server detaches from the terminal, which determines {@code
   *     default}
   * @throws ConfigException if the value is neither a known word nor an absolute path
   */
  public static LogDestination parse(String text, boolean background) throws ConfigException {
    return switch (text) {
      case "default" -> background ? SYSLOG : STDERR;
      case "stderr" -> STDERR;
      case "syslog" -> SYSLOG;
      case "null" -> new LogDestination(Kind.NULL, null);
      default -> {
        if (!text.startsWith("/")) {
          throw new ConfigException(
              "--log must be stderr, syslog, null, default or an absolute path, not '"
                  + text
                  + "'");
        }
        yield new LogDestination(Kind.FILE, FileNames.path(text));
      }
    };
  }
}
