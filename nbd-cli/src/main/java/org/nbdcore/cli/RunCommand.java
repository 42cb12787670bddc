package org.nbdcore.cli;

import java.io.IOException;
import org.nbdcore.spi.Commands;

/** The command of {@code --run}. The server stops when it ends. */
final class RunCommand {

  private Process process;
  private boolean stopped;

  /**
   * Runs the command with a shell and waits for it.
   *
   * @param served the address of the server, for the variables of the command
   * @return its exit status; 128 and the signal's number if one ended it
   */
  int run(String command, ClientUri served) throws IOException, InterruptedException {
    String script =
        "uri="
            + quote(served.uri())
            + "\nnbd=$uri"
            + "\nunixsocket="
            + quote(served.unixSocket())
            + "\nport="
            + quote(served.port())
            + "\nexportname="
            + quote(served.exportName())
            + "\n"
            + served.tls().assignments()
            + command;
    Process started;
    synchronized (this) {
      if (stopped) {
        return 0;
      }
      process = Commands.shell(script).inheritIO().start();
      started = process;
    }
    return started.waitFor();
  }

  /** Terminates the command, because the server stops. */
  synchronized void stop() {
    stopped = true;
    if (process != null) {
      process.destroy();
    }
  }

  /** Quotes any text as one word for a shell. */
  static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
