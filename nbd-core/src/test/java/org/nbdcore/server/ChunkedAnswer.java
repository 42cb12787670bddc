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
   * Sends the request on new connections until the reply is not {@code singleChunk}. If a call
   * takes long on a busy machine, another thread becomes the receiver. The reply is then a single
   * chunk, and so are up to 64 further replies on that connection.
   */
  static void assertAnswer(Connector connector, Bytes request, Bytes singleChunk, Bytes expected)
      throws Exception {
    int common = Math.min(singleChunk.size(), expected.size());
    byte[] singleChunkStart = Arrays.copyOf(singleChunk.array(), common);
    assertThat(Arrays.copyOf(expected.array(), common)).isNotEqualTo(singleChunkStart);
    for (int i = 0; i < ATTEMPTS; i++) {
      try (RawNbdClient client = connector.connect()) {
        client.send(request.array());
        byte[] start = client.receive(common);
        if (!Arrays.equals(start, singleChunkStart)) {
          byte[] rest = client.receive(expected.size() - common);
          assertThat(new Bytes().add(start).add(rest).array()).isEqualTo(expected.array());
          return;
        }
      }
    }
    throw new AssertionError("never answered in chunks");
  }
}
