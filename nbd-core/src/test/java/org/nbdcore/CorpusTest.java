package org.nbdcore;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nbdcore.fixture.Corpus;
import org.nbdcore.server.HandshakeFuzz;
import org.nbdcore.server.RequestsFuzz;

/** Replays the inputs that fuzzing found; see docs/fuzzing.md. */
class CorpusTest {

  @TestFactory
  Stream<DynamicTest> serverSurvivesFuzzedHandshakes() throws IOException {
    return Corpus.replay("handshake", HandshakeFuzz::fuzzerTestOneInput);
  }

  @TestFactory
  Stream<DynamicTest> serverSurvivesFuzzedRequests() throws IOException {
    return Corpus.replay("requests", RequestsFuzz::fuzzerTestOneInput);
  }
}
