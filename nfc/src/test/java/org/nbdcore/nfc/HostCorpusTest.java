package org.nbdcore.nfc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Repeats the conversations that fuzzing has kept; see docs/fuzzing.md. */
class HostCorpusTest {

  static List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/corpus/host"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void damagedRepliesFailOnlyTheConnection(Path input) throws IOException {
    HostFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
  }
}
