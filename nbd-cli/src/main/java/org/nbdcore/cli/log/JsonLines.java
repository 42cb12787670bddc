package org.nbdcore.cli.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.logging.log4j.util.StringBuilders;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.spi.Log;

/** A line of {@code --log-format=json}: one JSON object. Members without a value are omitted. */
final class JsonLines implements LineFormat {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final String program;
  private final Clock clock;

  JsonLines(String program, Clock clock) {
    this.program = program;
    this.clock = clock;
  }

  @Override
  public String line(Log.Level level, String name, String message, Throwable failure) {
    ConnectionContext.Label connection = ConnectionContext.label();
    return line(level, name, connection == null ? null : connection.exportName(), message, failure);
  }

  /** The line of a message about an export; null for none. */
  String line(Log.Level level, String name, String export, String message, Throwable failure) {
    StringBuilder object = new StringBuilder(message.length() + 160);
    object.append("{\"time\":\"");
    TIME.formatTo(clock.instant(), object);
    object.append("\",\"level\":\"").append(label(level)).append('"');
    member(object, "program", program);
    if (!name.equals(SERVER)) {
      member(object, "layer", name);
    }
    ConnectionContext.Label connection = ConnectionContext.label();
    if (connection != null) {
      object.append(",\"connection\":").append(connection.number());
    }
    if (export != null) {
      member(object, "export", export);
    }
    member(object, "message", TextLines.cut(message));
    if (failure != null) {
      member(object, "throwable", trace(failure));
    }
    return object.append('}').toString();
  }

  private static void member(StringBuilder object, String name, String value) {
    object.append(",\"").append(name).append("\":\"");
    int start = object.length();
    object.append(value);
    StringBuilders.escapeJson(object, start);
    object.append('"');
  }

  private static String label(Log.Level level) {
    return level == Log.Level.WARN ? "warning" : level.name().toLowerCase(Locale.ROOT);
  }

  private static String trace(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace, true));
    return trace.toString();
  }
}
