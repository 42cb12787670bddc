package org.nbdcore.cli;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nbdcore.fixture.Corpus;

/** Replays the command lines that fuzzing found; see docs/fuzzing.md. */
final class CommandLineCorpusTest {

  @TestFactory
  Stream<DynamicTest> fuzzedCommandLinesAreParsedOrRefused() throws IOException {
    return Corpus.replay("command-line", CommandLineFuzz::fuzzerTestOneInput);
  }
}
