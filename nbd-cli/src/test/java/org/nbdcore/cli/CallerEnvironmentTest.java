package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CallerEnvironmentTest {

  @TempDir Path folder;

  /** A program that runs a command, as the server does. */
  static final class Caller {

    private Caller() {}

    public static void main(String[] arguments) throws Exception {
      ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", "cat <&3").inheritIO();
      new CallerEnvironment().accept(builder);
      System.exit(builder.start().waitFor());
    }
  }

  /** Opening a named pipe blocks until the other end is open, but here the writer has gone. */
  @Test
  void aNamedPipeWhoseWriterHasGoneIsPassedToTheCommand() throws Exception {
    String script =
        """
        mkfifo "$1" && exec 5<>"$1" 3<"$1" && echo said >&5 && exec 5>&-
        shift
        exec "$@"
        """;
    Path out = folder.resolve("out");
    List<String> command =
        List.of(
            "/bin/sh",
            "-c",
            script,
            "sh",
            folder.resolve("pipe").toString(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dnbdcore.inherited=3",
            "-cp",
            System.getProperty("java.class.path"),
            Caller.class.getName());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
      assertThat(Files.readString(out)).isEqualTo("said\n");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
