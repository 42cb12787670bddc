package org.nbdcore;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nbdcore.fixture.Corpus;
import org.nbdcore.server.HandshakeFuzz;
import org.nbdcore.server.RequestsFuzz;

/** Inputs that fuzzing found worth keeping, once more; see docs/fuzzing.md. */
class CorpusTest {

  @TestFactory
  Stream<DynamicTest> handshakesAreSurvived() throws IOException {
    return Corpus.replay("handshake", HandshakeFuzz::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> requestsAreSurvived() throws IOException {
    return Corpus.replay("requests", RequestsFuzz::fuzzerTestOneInput);
  }
}
