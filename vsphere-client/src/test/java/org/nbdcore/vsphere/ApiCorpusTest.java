package org.nbdcore.vsphere;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Repeats the sessions that fuzzing has kept; see docs/fuzzing.md. */
class ApiCorpusTest {

  static List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/corpus/api"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void damagedAnswersAreRefusedWithAMessage(Path input) throws IOException {
    ApiFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
  }
}
