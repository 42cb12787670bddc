package org.nbdcore.it;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL server with an empty database, run by a user without privileges. */
final class Postgres implements AutoCloseable {

  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final int ATTEMPTS = 5;

  private final Path folder;
  private final Path programs;
  private final List<String> asUser;
  private int port;

  /** Creates the database and starts the server. */
  Postgres() throws IOException {
    folder = Files.createTempDirectory("nbdpg"); // not in the sandbox, which the user cannot enter
    programs = programs();
    // The server refuses to run as root.
    boolean root = System.getProperty("user.name").equals("root");
    asUser =
        root
            ? List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
            : List.of();
    if (root) {
      run(List.of("chown", "nobody", folder.toString()));
    }
    program("initdb", "-A", "trust", "-U", "nbd", "--no-sync", "--no-locale", "-E", "UTF8");
    start();
  }

  private static Path programs() throws IOException {
    if (!Files.isDirectory(INSTALLED)) {
      throw new AssertionError("PostgreSQL is missing: apt-get install -y postgresql");
    }
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .filter(version -> Files.isExecutable(version.resolve("bin/initdb")))
          .max(Comparator.naturalOrder())
          .map(version -> version.resolve("bin"))
          .orElseThrow(() -> new AssertionError("no server below " + INSTALLED));
    }
  }

  /** Starts the server; another program may take the port first, so it tries several. */
  void start() throws IOException {
    Ran ran = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      if (port == 0) {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
          port = free.getLocalPort();
        }
      }
      String options =
          "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''";
      ran = run(command("pg_ctl", "-w", "-l", log().toString(), "-o", options, "start"));
      if (ran.status() == 0) {
        return;
      }
      port = 0;
    }
    fail("PostgreSQL does not start: %s%n%s", ran, Files.readString(log()));
  }

  /** Ends the server as a crash would: without writing what is in its memory. */
  List<String> crashCommand() {
    return command("pg_ctl", "-m", "immediate", "stop");
  }

  /** For the JDBC driver. */
  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  private Path log() {
    return folder.resolve("log");
  }

  private void program(String name, String... words) throws IOException {
    run(command(name, words)).succeeded();
  }

  private List<String> command(String name, String... words) {
    List<String> command = new ArrayList<>(asUser);
    command.add(programs.resolve(name).toString());
    command.addAll(List.of("-D", folder.resolve("data").toString()));
    command.addAll(List.of(words));
    return command;
  }

  private Ran run(List<String> command) throws IOException {
    Path out = Files.createTempFile("nbdpg", ".out");
    Path err = Files.createTempFile("nbdpg", ".err");
    try {
      return Programs.run(Programs.builder(folder, command), out, err, Programs.TIMEOUT);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      run(crashCommand());
    } finally {
      Trees.delete(folder);
    }
  }
}
