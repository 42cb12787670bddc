package org.nbdcore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nbdcore.cli.CommandLineFuzz;
import org.nbdcore.server.HandshakeFuzz;
import org.nbdcore.server.RequestsFuzz;

/** Inputs that fuzzing found worth keeping, once more; see docs/fuzzing.md. */
class CorpusTest {

  private static final Path CORPUS = Path.of("src/test/resources/corpus");

  /** Takes one input and throws if it is not dealt with well. */
  private interface Target {
    void run(byte[] input) throws IOException;
  }

  private static Stream<DynamicTest> replay(String folder, Target target) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(CORPUS.resolve(folder))) {
      for (Path file : files.sorted().toList()) {
        tests.add(
            DynamicTest.dynamicTest(
                file.getFileName().toString(), () -> target.run(Files.readAllBytes(file))));
      }
    }
    assertThat(tests).as("inputs in " + folder).isNotEmpty();
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> handshakesAreSurvived() throws IOException {
    return replay("handshake", HandshakeFuzz::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> requestsAreSurvived() throws IOException {
    return replay("requests", RequestsFuzz::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> commandLinesAreRefusedOrRead() throws IOException {
    return replay("command-line", CommandLineFuzz::fuzzerTestOneInput);
  }
}
