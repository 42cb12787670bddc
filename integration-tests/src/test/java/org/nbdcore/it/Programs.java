package org.nbdcore.it;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts programs, and runs them to their end or for as long as they may take. */
final class Programs {

  /** Long for a slow machine, short for one that hangs. */
  static final Duration TIMEOUT = Duration.ofSeconds(90);

  private Programs() {}

  /** A program with what all of them have in common, yet to be started. */
  static ProcessBuilder builder(Path folder, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(key -> key.startsWith("NBD_CORE") || key.startsWith("JAVA"));
    environment.put("PATH", Client.PATH);
    environment.put("LC_ALL", "C.UTF-8");
    return builder.redirectInput(Path.of("/dev/null").toFile());
  }

  /** Runs a tool in a folder; fails unless it ends well. */
  static Ran tool(Path folder, Client client, String... arguments) throws IOException {
    Path out = Files.createTempFile(folder, "tool", ".out");
    Path err = Files.createTempFile(folder, "tool", ".err");
    List<String> command = client.with(arguments);
    Ran ran = run(builder(folder, command), out, err, TIMEOUT).succeeded();
    Files.delete(out);
    Files.delete(err);
    return ran;
  }

  /**
   * Runs a program to its end.
   *
   * @param out receives what it prints: a file, as a pipe would have to be read meanwhile
   * @param err receives what it prints to standard error
   * @param limit how long it may take
   */
  static Ran run(ProcessBuilder builder, Path out, Path err, Duration limit) {
    try {
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      boolean ended = endsWithin(limit, process);
      Ran ran =
          new Ran(
              builder.command(), process.waitFor(), Files.readString(out), Files.readString(err));
      return ended ? ran : fail("still running after %s:%n%s", limit, ran);
    } catch (IOException e) {
      return fail("cannot run " + builder.command(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail("interrupted in " + builder.command(), e);
    }
  }

  private static boolean endsWithin(Duration limit, Process process) throws InterruptedException {
    boolean ended = false;
    try {
      ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    return ended;
  }
}
