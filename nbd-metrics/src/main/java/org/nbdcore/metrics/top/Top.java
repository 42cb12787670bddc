package org.nbdcore.metrics.top;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.nbdcore.metrics.status.ServerStatus;

/**
 * The command {@code nbd-core top}: shows the status of a server until the user types q.
 *
 * @param program the name of the command, for messages
 */
public record Top(String program, PrintStream out, PrintStream err) {

  private static final String TOKEN = "--metrics-token=";
  private static final long INTERVAL_MILLIS = 2000;

  /**
   * Runs the command.
   *
   * @param arguments after {@code top}
   * @return the exit status
   */
  public int run(List<String> arguments) {
    String url = StatusClient.DEFAULT_URL;
    boolean once = false;
    Optional<String> token = Optional.empty();
    boolean named = false;
    try {
      for (String argument : arguments) {
        if (argument.equals("--help")) {
          help();
          return 0;
        } else if (argument.equals("--once")) {
          once = true;
        } else if (argument.startsWith(TOKEN)) {
          Path file = Path.of(argument.substring(TOKEN.length()));
          token = Optional.of(Files.readString(file).strip());
        } else if (argument.startsWith("-") || named) {
          return fail("top: unknown argument '" + argument + "'; " + program + " top --help");
        } else {
          url = argument;
          named = true;
        }
      }
      StatusClient client = StatusClient.of(url, token);
      return once ? once(client) : watch(client);
    } catch (IOException | IllegalArgumentException e) {
      return fail("top: " + e.getMessage());
    }
  }

  private int fail(String message) {
    err.println(program + ": error: " + Screen.plain(message));
    return 1;
  }

  private void help() {
    out.println("usage: " + program + " top [--once] [--metrics-token=FILE] [URL]");
    out.println("Shows exports, clients and throughput of a server that runs with --metrics.");
    out.println("URL is the address of the status page (" + StatusClient.DEFAULT_URL + ").");
    out.println("  --once                print the status once, without control characters");
    out.println("  --metrics-token=FILE  send the token in this file");
    out.println("Type q to end.");
  }

  private int once(StatusClient client) throws IOException {
    new Screen(Screen.WIDTH_OF_TEXT, Integer.MAX_VALUE, false)
        .lines(client.get())
        .forEach(out::println);
    return 0;
  }

  private int watch(StatusClient client) throws IOException {
    client.get(); // report a wrong address or token as an error, before taking over the terminal
    try (TerminalView view = TerminalView.open(out)) {
      do {
        Screen screen = new Screen(view.columns(), view.rows(), true);
        view.show(lines(client, screen));
      } while (!view.quits(INTERVAL_MILLIS));
    }
    return 0;
  }

  private static List<String> lines(StatusClient client, Screen screen) {
    try {
      ServerStatus status = client.get();
      return screen.lines(status);
    } catch (IOException e) {
      return List.of(Screen.plain(e.getMessage()), "trying again; type q to end");
    }
  }
}
