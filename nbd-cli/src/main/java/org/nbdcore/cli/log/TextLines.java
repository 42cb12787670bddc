package org.nbdcore.cli.log;

import java.util.Locale;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.log.Printable;
import org.nbdcore.spi.Log;

/**
 * Formats lines like nbdkit, because programs that start nbdkit parse them: {@code PLUGIN[CONN]:
 * debug: text} on a connection's thread, {@code debug: text} elsewhere. The program's name precedes
 * the line, except in the system log, which adds it itself.
 */
final class TextLines implements LineFormat {

  /** Maximum number of characters of a message. The line reports how many are cut off. */
  private static final int LONGEST = 4096;

  private final String plugin;

  TextLines(String plugin) {
    this.plugin = plugin;
  }

  @Override
  public String line(Log.Level level, String name, String message, Throwable failure) {
    return line(label(level), name, message);
  }

  /** Returns the line of a message with a label. */
  String line(String label, String name, String message) {
    ConnectionContext.Label connection = ConnectionContext.label();
    StringBuilder line = new StringBuilder(message.length() + 40);
    if (connection != null) {
      line.append(name.equals(SERVER) ? plugin : name)
          .append('[')
          .append(connection.number())
          .append("]: ");
    }
    return line.append(label).append(": ").append(cut(Printable.of(message))).toString();
  }

  /** A client can send a very long name. */
  static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "... (" + (text.length() - LONGEST) + " characters more)";
  }

  private static String label(Log.Level level) {
    return switch (level) {
      case INFO -> "debug"; // nbdkit knows no such level, and shows it under -v
      case WARN -> "warning";
      default -> level.name().toLowerCase(Locale.ROOT);
    };
  }
}
