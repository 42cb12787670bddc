package org.nbdcore.cli.log;

import java.time.Clock;
import java.util.Map;
import org.nbdcore.spi.Log;

/**
 * The format of the lines of a log, with their prefixes.
 *
 * @param program the name under which the program was started, with that of {@code --name}
 * @param format of the messages
 * @param journal whether standard error is the journal, which requires the level before each line
 */
record LineShape(String program, LineFormat format, boolean journal) {

  static LineShape of(
      String program, String plugin, LogFormat format, Map<String, String> environment) {
    return new LineShape(
        program,
        format == LogFormat.JSON
            ? new JsonLines(program, Clock.systemUTC())
            : new TextLines(plugin),
        Journal.isStandardError(environment));
  }

  /** The prefix of a message, except in the system log. A JSON object contains the name instead. */
  String prefix() {
    return format instanceof TextLines ? program + ": " : "";
  }

  /** A whole line for standard error. */
  String standardError(Log.Level level, String message, Throwable failure) {
    return (journal ? Journal.prefix(level) : "")
        + prefix()
        + format.line(level, LineFormat.SERVER, message, failure);
  }
}
