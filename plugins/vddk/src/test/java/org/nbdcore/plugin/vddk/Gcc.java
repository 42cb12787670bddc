package org.nbdcore.plugin.vddk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Compiles what is in src/fake. Without gcc, tests that need it are skipped, but fail in CI. */
final class Gcc {

  /** This module's, unless another one says where they are. */
  static final Path SOURCES =
      Path.of(
          System.getProperty(
              "nbdcore.fakevddk.sources", System.getProperty("basedir", ".") + "/src/fake"));

  static final List<String> FLAGS =
      List.of("-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror");

  private static Boolean present;

  private Gcc() {}

  /** Skips the test, or with nbdcore.ci=true fails it, where there is no gcc. */
  static synchronized void require() {
    if (present == null) {
      present = works();
    }
    if (!present && Boolean.getBoolean("nbdcore.ci")) {
      throw new IllegalStateException(
          "gcc is needed to compile the fake VDDK (apt-get install -y gcc libc6-dev)");
    }
    assumeTrue(present, "gcc is not installed: tests on the fake VDDK are skipped");
  }

  private static boolean works() {
    try {
      return new ProcessBuilder("gcc", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Compiles {@code sources}, names within src/fake, into {@code out}. */
  static void compile(Path out, List<String> sources, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("gcc"));
    command.addAll(FLAGS);
    command.add("-I" + SOURCES);
    for (String source : sources) {
      command.add(SOURCES.resolve(source).toString());
    }
    command.addAll(List.of(more));
    command.addAll(List.of("-o", out.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " failed:\n" + printed);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The library's own source files. */
  static List<String> librarySources() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".c"))
          .sorted()
          .toList();
    }
  }
}
