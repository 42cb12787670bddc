package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the fuzzing target with the damaged images of the corpus; see docs/fuzzing.md. */
class ImageCorpusTest {

  static List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/corpus/image"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void damagedImagesAreReadOrRefused(Path input) throws IOException {
    ImageFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
  }
}
