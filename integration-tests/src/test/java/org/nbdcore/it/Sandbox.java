package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where one test runs its programs. After the test it fails if anything is left of them: a process,
 * a socket, a pid file or a file for temporary use. All of it is removed in any case.
 */
final class Sandbox implements BeforeEachCallback, AfterEachCallback {

  /** How long a client's helper may take to see that its client has gone. */
  private static final Duration GRACE = Duration.ofSeconds(60);

  private final List<Server> servers = new ArrayList<>();
  private Path root;
  private Mark mark;
  private int programs;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    // Not below target/: the path of a Unix socket has at most 107 bytes.
    root = Files.createTempDirectory("nbdit");
    for (String name : List.of("run", "tmp", "work", "printed")) {
      Files.createDirectory(root.resolve(name));
    }
    mark = new Mark();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    boolean passed = context.getExecutionException().isEmpty();
    try {
      if (passed) {
        assertNothingIsLeft();
      }
    } finally {
      mark.killAll(Duration.ZERO);
      Trees.delete(root);
    }
  }

  /**
   * Fails if a program of this test still runs, or its socket, pid file or temporary file is there.
   */
  void assertNothingIsLeft() throws IOException {
    assertThat(mark.killAll(GRACE)).as("processes left behind").isEmpty();
    assertThat(in("run")).as("sockets and pid files left behind").isEmpty();
    assertThat(in("tmp")).as("temporary files left behind").isEmpty();
  }

  private List<Path> in(String folder) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(folder))) {
      return files.toList();
    }
  }

  /** A socket or pid file; must be gone in the end. */
  Path runtime(String name) {
    return root.resolve("run").resolve(name);
  }

  /** A disk or anything else that need not be gone. */
  Path file(String name) {
    return root.resolve("work").resolve(name);
  }

  /** Starts a server on a Unix socket and returns when it listens. */
  Server serve(String... arguments) throws IOException {
    return serve(Distribution.built(), Map.of(), arguments);
  }

  /** The same from that distribution, with more in its environment. */
  Server serve(Distribution distribution, Map<String, String> environment, String... arguments)
      throws IOException {
    return serve(distribution, environment, List.of(), arguments);
  }

  /**
   * Starts a server through a program that prepares its environment and then executes the server.
   */
  Server serveWithin(List<String> wrapper, String... arguments) throws IOException {
    return serve(Distribution.built(), Map.of(), wrapper, arguments);
  }

  private Server serve(
      Distribution distribution,
      Map<String, String> environment,
      List<String> wrapper,
      String... arguments)
      throws IOException {
    Path socket = runtime("socket" + servers.size());
    List<String> command = new ArrayList<>(wrapper);
    command.add(distribution.command("nbd-core"));
    command.addAll(List.of("-f", "--print-uri", "-U", socket.toString()));
    command.addAll(List.of(arguments));
    Server server = Server.start(ours(distribution, environment, command), printed("err"), socket);
    servers.add(server);
    return server;
  }

  /** Runs nbd-core to its end. */
  Ran nbdCore(String... arguments) {
    return command("nbd-core", arguments);
  }

  /** Runs a command of the distribution to its end. */
  Ran command(String name, String... arguments) {
    return command(Distribution.built(), Map.of(), name, arguments);
  }

  /** The same from that distribution, with more in its environment. */
  Ran command(
      Distribution distribution,
      Map<String, String> environment,
      String name,
      String... arguments) {
    List<String> command = new ArrayList<>(List.of(distribution.command(name)));
    command.addAll(List.of(arguments));
    return run(ours(distribution, environment, command), Programs.TIMEOUT);
  }

  /** A program that is one of the distribution's commands, or calls them; yet to be started. */
  ProcessBuilder ours(List<String> command) {
    return ours(Distribution.built(), Map.of(), command);
  }

  private ProcessBuilder ours(
      Distribution distribution, Map<String, String> environment, List<String> command) {
    Map<String, String> all = new HashMap<>(distribution.environment(root.resolve("tmp")));
    all.putAll(environment);
    ProcessBuilder builder = builder(command);
    builder.environment().putAll(all);
    return builder;
  }

  /** Runs a client to its end. */
  Ran run(Client client, String... arguments) {
    return run(builder(client.with(arguments)), Programs.TIMEOUT);
  }

  /** Runs a script of libnbd's shell, where {@code h} is connected to the server. */
  Ran nbdsh(Server server, String script) {
    return run(Client.PYTHON, "-m", "nbd", "-u", server.uri(), "-c", script);
  }

  /** Runs any program of this test to its end. */
  Ran run(ProcessBuilder builder, Duration limit) {
    return Programs.run(builder, printed("out"), printed("err"), limit);
  }

  /** Any other program of this test, yet to be started. */
  ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = Programs.builder(root.resolve("work"), command);
    builder.environment().put("TMPDIR", root.resolve("tmp").toString());
    mark.putOn(builder.environment());
    return builder;
  }

  /** The processes of this test that run now. */
  List<ProcessHandle> processes() throws IOException {
    return mark.processes();
  }

  private Path printed(String kind) {
    return root.resolve("printed").resolve(++programs + "." + kind);
  }
}
