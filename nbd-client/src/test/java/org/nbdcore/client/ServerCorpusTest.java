package org.nbdcore.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Damaged replies that fuzzing found worth keeping, once more; see docs/fuzzing.md. */
class ServerCorpusTest {

  private static final Path CORPUS = Path.of("src/test/resources/corpus/server");

  @TestFactory
  Stream<DynamicTest> damagedRepliesCostOnlyTheConnection() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(CORPUS)) {
      for (Path file : files.sorted().toList()) {
        tests.add(
            DynamicTest.dynamicTest(
                file.getFileName().toString(),
                () -> ServerFuzz.fuzzerTestOneInput(Files.readAllBytes(file))));
      }
    }
    return tests.stream();
  }
}
