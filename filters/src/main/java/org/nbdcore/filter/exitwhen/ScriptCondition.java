package org.nbdcore.filter.exitwhen;

import java.io.IOException;
import org.nbdcore.spi.Commands;
import org.nbdcore.spi.Log;

/** A command whose exit status reports whether the event has occurred. */
final class ScriptCondition implements ExitCondition {

  private static final int HAPPENED = 88;
  private static final Log LOG = Log.of("exitwhen");

  private final String command;

  ScriptCondition(String command) {
    this.command = command;
  }

  @Override
  public boolean happened() {
    try {
      Process process =
          Commands.shell(command)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      int status = process.waitFor();
      if (status != 0 && status != HAPPENED) {
        LOG.error(
            "exit-when-script ended with status "
                + status
                + "; 0 is expected until the event has happened, then 88");
      }
      return status == HAPPENED;
    } catch (IOException e) {
      LOG.error("exit-when-script cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }
}
