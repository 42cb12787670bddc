package org.nbdcore.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replays the damaged replies that fuzzing found; see docs/fuzzing.md. */
class ServerCorpusTest {

  static List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/corpus/server"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void damagedRepliesEndAtMostTheConnection(Path input) throws IOException {
    ServerFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
  }
}
