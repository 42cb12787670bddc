package org.nbdcore.cli.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.nbdcore.spi.Log;

/**
 * systemd's journal as standard error. It takes the level of a line from a prefix, as described in
 * sd-daemon(3).
 */
final class Journal {

  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Journal() {}

  /** True if standard error is the stream that systemd names in {@code JOURNAL_STREAM}. */
  static boolean isStandardError(Map<String, String> environment) {
    return is(STANDARD_ERROR, environment);
  }

  static boolean is(Path stream, Map<String, String> environment) {
    String journal = environment.get("JOURNAL_STREAM");
    if (journal == null) {
      return false;
    }
    try {
      Map<String, Object> file = Files.readAttributes(stream, "unix:dev,ino");
      return journal.equals(file.get("dev") + ":" + file.get("ino"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false;
    }
  }

  /** The prefix of a line. */
  static String prefix(Log.Level level) {
    return "<" + severity(level) + ">";
  }

  /** The severity of syslog(3). */
  static int severity(Log.Level level) {
    return switch (level) {
      case ERROR -> 3;
      case WARN -> 4;
      case INFO -> 6;
      case DEBUG -> 7;
    };
  }
}
