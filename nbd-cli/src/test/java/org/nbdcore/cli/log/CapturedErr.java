package org.nbdcore.cli.log;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.nbdcore.log.ConnectionContext;

/** Captures standard error during a test, and clears the connection of the log at the end. */
final class CapturedErr implements AutoCloseable {

  private final PrintStream realErr = System.err;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  CapturedErr() {
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  String text() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    System.setErr(realErr);
    ConnectionContext.clear();
  }
}
