package org.nbdcore.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class Log4jSinkTest {

  /** Log4j resolves the name unless it is set, and blocks while DNS does not answer. */
  @Test
  void theHostNameIsNotResolved() {
    try (Log4jSink sink =
        Log4jSink.open(
            LineShape.of("nbd-core", "x", LogFormat.TEXT, Map.of()), LogDestination.STDERR)) {
      assertThat(sink.properties()).containsEntry("hostName", "localhost");
    }
  }
}
