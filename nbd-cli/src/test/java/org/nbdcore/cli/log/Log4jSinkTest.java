package org.nbdcore.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Log4jSinkTest {

  /** Log4j looks the name up only if it has none, and waits as long as DNS is silent. */
  @Test
  void theMachinesNameIsNotLookedUp() {
    try (Log4jSink sink = Log4jSink.open("nbd-core", LogDestination.STDERR)) {
      assertThat(sink.properties()).containsEntry("hostName", "localhost");
    }
  }
}
