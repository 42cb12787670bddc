package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the C program that calls the fake, one call for each step; see src/fake/parts/driver.c. */
final class FakeDriver {

  private final Path program;
  private final Path disk;

  private FakeDriver(Path program, Path disk) {
    this.program = program;
    this.disk = disk;
  }

  /** Compiles it into {@code folder}. */
  static FakeDriver in(Path folder) throws IOException {
    Gcc.require();
    Path program = folder.resolve("driver");
    Gcc.compile(program, List.of("parts/driver.c"));
    return new FakeDriver(program, null);
  }

  /** The same for that disk. */
  FakeDriver with(Path disk) throws IOException {
    byte[] content = new byte[1 << 20];
    java.util.Arrays.fill(content, 0, 65536, (byte) 'a');
    Files.write(disk, content);
    return new FakeDriver(program, disk);
  }

  /** Runs the steps with LD_LIBRARY_PATH set, and returns the output. */
  List<String> run(FakeVddk fake, String... steps) throws Exception {
    return run(fake, Map.of("LD_LIBRARY_PATH", fake.lib64().toString()), steps);
  }

  /** The same with these environment variables. */
  List<String> run(FakeVddk fake, Map<String, String> environment, String... steps)
      throws Exception {
    List<String> command =
        new ArrayList<>(List.of(program.toString(), fake.library().toString(), disk.toString()));
    command.addAll(List.of(steps));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return printed.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }
}
