package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Inputs that fuzzing found worth keeping, once more; see docs/fuzzing.md. */
final class VmdkCorpusTest {
  private static final Path CORPUS = Path.of("src/test/resources/corpus");

  private interface Target {
    void run(byte[] input) throws IOException;
  }

  @TestFactory
  Stream<DynamicTest> changedDisksAreUsedOrRefused() throws IOException {
    return replay("disk", DiskFuzz::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> changedDescriptorsAreUsedOrRefused() throws IOException {
    return replay("descriptor", DescriptorFuzz::fuzzerTestOneInput);
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
    return tests.stream();
  }
}
