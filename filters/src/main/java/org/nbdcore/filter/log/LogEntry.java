package org.nbdcore.filter.log;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One line of the log: an action and its values. Numbers are hexadecimal. */
final class LogEntry {

  /** The part of an action that a line describes. */
  enum Type {
    /** The call of the action. */
    ENTER,
    /** The return from the action. */
    LEAVE,
    /** The whole action, in one line. */
    PRINT
  }

  private final long connection;
  private final Type type;
  private final String action;
  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * Creates a line without values. If {@code connection} is 0, the line belongs to no connection.
   */
  LogEntry(long connection, Type type, String action) {
    this.connection = connection;
    this.type = type;
    this.action = action;
  }

  LogEntry id(long id) {
    values.put("id", Long.toString(id));
    return this;
  }

  LogEntry number(String key, long value) {
    values.put(key, "0x" + Long.toHexString(value));
    return this;
  }

  LogEntry decimal(String key, long value) {
    values.put(key, Long.toString(value));
    return this;
  }

  LogEntry flag(String key, boolean value) {
    values.put(key, value ? "1" : "0");
    return this;
  }

  LogEntry text(String key, String value) {
    values.put(key, value);
    return this;
  }

  /** The line without its time. */
  String line() {
    StringBuilder line = new StringBuilder();
    if (connection != 0) {
      line.append("connection=").append(connection).append(' ');
    }
    line.append(type == Type.LEAVE ? "..." : "").append(action);
    values.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
    return line.append(type == Type.ENTER ? " ..." : "").toString();
  }

  /** The values as environment variables of a script. */
  Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>(values);
    variables.put("act", action);
    variables.put("type", type.name());
    if (connection != 0) {
      variables.put("connection", Long.toString(connection));
    }
    return variables;
  }

  /**
   * Quotes a string for a shell, and replaces control characters, which could control the terminal.
   */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        quoted.append("\\n"); // a line stays a line
        continue;
      }
      if (c != '\t' && Character.isISOControl(c)) {
        quoted.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
        continue;
      }
      if ("\"\\$`".indexOf(c) >= 0) {
        quoted.append('\\');
      }
      quoted.append(c);
    }
    return quoted.append('"').toString();
  }
}
