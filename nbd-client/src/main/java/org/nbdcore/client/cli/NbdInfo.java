package org.nbdcore.client.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.protocol.MetaContext;
import org.nbdcore.protocol.NbdUri;

/** The command nbd-info: shows information about the exports of a server. */
public final class NbdInfo {

  private static final String USAGE =
      """
      nbd-info: show what an NBD server offers

          nbd-info [--json] URI
          nbd-info --list [--json] URI
          nbd-info --size URI
          nbd-info --map[=CONTEXT] [--totals] [--json] URI
          nbd-info --can PROPERTY URI | --is PROPERTY URI

      URI is nbd://HOST[:PORT]/EXPORT, nbd+unix:///EXPORT?socket=PATH, or the same
      with nbds for TLS.

          -L, --list         show all exports of the server
          --size             show only the size in bytes
          --map[=CONTEXT]    show the extents of a meta context (base:allocation)
          --totals           with --map: show totals of each type
          --json             print JSON
          --can PROPERTY     exit with status 0 if true, 2 if false: cache, connect,
                             df, fast-zero, flush, fua, multi-conn, read,
                             structured-reply, trim, write, zero
          --is PROPERTY      the same: read-only, rotational, tls
          --content          show the type of the contents, with file(1)
          --no-content       do not show it (the default)
          --help             show this help
          -V, --version      show the version
      """;

  private boolean json;
  private boolean list;
  private boolean size;
  private boolean totals;
  private boolean content;
  private String map;
  private String property;
  private NbdUri uri;

  private NbdInfo() {}

  /** Runs the command and exits. */
  public static void main(String[] args) {
    PrintStream out = Console.out();
    int status = run(Arguments.typed(args), out, Console.err());
    System.exit(status);
  }

  /**
   * Runs the command.
   *
   * @return the exit status: 0, 1 after an error, 2 for a property that is false
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    try {
      int status = new NbdInfo().start(args, out);
      out.flush();
      if (out.checkError()) {
        throw new IOException("cannot write to standard output");
      }
      return status;
    } catch (UsageException | IOException | IllegalArgumentException e) {
      out.flush();
      err.println("nbd-info: " + e.getMessage());
      err.flush();
      return 1;
    }
  }

  private int start(String[] args, PrintStream out) throws UsageException, IOException {
    Arguments arguments = new Arguments(args);
    for (String option = arguments.nextOption(); option != null; option = arguments.nextOption()) {
      if (Console.printAbout(option, "nbd-info", USAGE, out)) {
        return 0;
      }
      take(option, arguments);
    }
    List<String> operands = arguments.operands();
    if (operands.size() != 1) {
      throw new UsageException(
          "exactly one URI is required, not "
              + operands.size()
              + " (nbd-info --help shows examples)");
    }
    uri = NbdUri.parse(operands.get(0));
    checkModes();
    return report(out);
  }

  private void take(String option, Arguments arguments) throws UsageException {
    switch (option) {
      case "--json":
        json = true;
        break;
      case "-L":
      case "--list":
        list = true;
        break;
      case "--size":
        size = true;
        break;
      case "--map":
        map = arguments.optionalValue();
        map = map == null ? MetaContext.BASE_ALLOCATION : map;
        break;
      case "--totals":
        totals = true;
        break;
      case "--can":
      case "--is":
        property = ExportProperties.check(option, arguments.value());
        break;
      case "--content":
        content = true;
        break;
      case "--no-content":
        content = false;
        break;
      case "--color":
      case "--colour":
      case "--no-color":
      case "--no-colour":
        // Scripts written for nbdinfo pass these options. nbd-info has no colours.
        break;
      default:
        throw arguments.unknown("nbd-info");
    }
  }

  private void checkModes() throws UsageException {
    int modes = (list ? 1 : 0) + (size ? 1 : 0) + (map != null ? 1 : 0);
    if (modes + (property != null ? 1 : 0) > 1) {
      throw new UsageException("--list, --size, --map, --can and --is exclude each other");
    }
    if (totals && map == null) {
      throw new UsageException("--totals needs --map");
    }
  }

  private int report(PrintStream out) throws IOException {
    ConnectOptions options = ConnectOptions.defaults();
    if (map != null) {
      new MapReport(uri, map, json, totals).print(out);
    } else if (property != null) {
      return ExportProperties.test(property, uri) ? 0 : 2;
    } else if (size) {
      try (NbdClient client = NbdClient.connect(uri, options.withMetaContexts(List.of()))) {
        out.println(client.size());
      }
    } else {
      new ExportReport(uri, list, json, content).print(out);
    }
    return 0;
  }
}
