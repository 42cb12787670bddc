package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the fuzzing targets with the inputs of the corpus; see docs/fuzzing.md. */
final class VmdkCorpusTest {

  private static List<Path> inputs(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/corpus", folder))) {
      return files.sorted().toList();
    }
  }

  static List<Path> disks() throws IOException {
    return inputs("disk");
  }

  @ParameterizedTest
  @MethodSource("disks")
  void changedDisksAreUsedOrRefused(Path input) throws IOException {
    DiskFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
  }

  static List<Path> descriptors() throws IOException {
    return inputs("descriptor");
  }

  @ParameterizedTest
  @MethodSource("descriptors")
  void changedDescriptorsAreUsedOrRefused(Path input) throws IOException {
    DescriptorFuzz.fuzzerTestOneInput(Files.readAllBytes(input));
  }
}
