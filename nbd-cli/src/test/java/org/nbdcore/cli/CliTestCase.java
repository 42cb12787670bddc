package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.fixture.RamPluginProvider;

/** Runs the whole program in this process, and checks that it leaves no files behind. */
abstract class CliTestCase {

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final String realTemp = System.getProperty("java.io.tmpdir");

  @BeforeEach
  void useEmptyTempFolder() throws IOException {
    RamPluginProvider.takeEvents();
    // Short, as the path of a Unix socket has to be.
    System.setProperty("java.io.tmpdir", Files.createDirectory(folder.resolve("t")).toString());
  }

  @AfterEach
  void assertTempFolderIsEmpty() throws IOException {
    System.setProperty("java.io.tmpdir", realTemp);
    try (var left = Files.list(folder.resolve("t"))) {
      assertThat(left).isEmpty();
    }
  }

  final int run(String... arguments) {
    return run(Map.of(), arguments);
  }

  final int run(Map<String, String> environment, String... arguments) {
    return runAs("nbd-core", environment, arguments);
  }

  final int runAs(String program, Map<String, String> environment, String... arguments) {
    out.reset();
    err.reset();
    return new Cli(
            program,
            Optional.empty(),
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(List.of(arguments));
  }

  final String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  final String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  final void assertRefused(String message, String... arguments) {
    assertThat(run(arguments)).as(String.join(" ", arguments)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("nbd-core: error: " + message + "\n");
    assertThat(out()).isEmpty();
  }
}
