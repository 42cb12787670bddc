package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.nbdcore.testkit.RawNbdClient;

/** Waits for the reply to a read that comes in chunks. */
final class ChunkedAnswer {

  private static final int ATTEMPTS = 1000;

  /** A connection that is ready for requests. */
  interface Connector {
    RawNbdClient connect() throws Exception;
  }

  private ChunkedAnswer() {}

  /**
   * Asks until the answer is not {@code whole}, each time through a new connection. On a busy
   * machine a call may be overtaken. Then it is answered in one chunk, and so are up to 64 further
   * requests of the connection.
   */
  static void assertAnswer(Connector connector, Bytes request, Bytes whole, Bytes expected)
      throws Exception {
    int common = Math.min(whole.size(), expected.size());
    byte[] wholeStart = Arrays.copyOf(whole.array(), common);
    assertThat(Arrays.copyOf(expected.array(), common)).isNotEqualTo(wholeStart);
    for (int i = 0; i < ATTEMPTS; i++) {
      try (RawNbdClient client = connector.connect()) {
        client.send(request.array());
        byte[] start = client.receive(common);
        if (!Arrays.equals(start, wholeStart)) {
          byte[] rest = client.receive(expected.size() - common);
          assertThat(new Bytes().add(start).add(rest).array()).isEqualTo(expected.array());
          return;
        }
      }
    }
    throw new AssertionError("never answered in chunks");
  }
}
