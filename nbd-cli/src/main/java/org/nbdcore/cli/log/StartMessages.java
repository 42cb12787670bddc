package org.nbdcore.cli.log;

import java.io.PrintStream;
import java.util.Map;
import org.nbdcore.spi.Log;

/** Prints messages to standard error before the log exists, and after it is closed. */
public final class StartMessages {

  private final PrintStream err;
  private final LineShape shape;
  private final boolean text;

  /**
   * Creates the printer.
   *
   * @param program the prefix of each message
   * @param environment the process's variables
   */
  public StartMessages(
      PrintStream err, String program, LogFormat format, Map<String, String> environment) {
    this.err = err;
    this.shape = LineShape.of(program, program, format, environment);
    this.text = format == LogFormat.TEXT;
  }

  /** Writes a warning. */
  public void warning(String message) {
    err.println(shape.standardError(Log.Level.WARN, message, null));
  }

  /**
   * Writes an error.
   *
   * @param trace whether to show the stack trace
   */
  public void error(String message, Throwable failure, boolean trace) {
    err.println(shape.standardError(Log.Level.ERROR, message, trace ? failure : null));
    if (trace && text) {
      failure.printStackTrace(err);
    }
  }
}
