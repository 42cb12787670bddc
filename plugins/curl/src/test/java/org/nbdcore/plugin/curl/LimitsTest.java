package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdException;

/** Web servers that send endless responses. */
@Timeout(60)
final class LimitsTest {

  private static final String HEAD = "HTTP/1.1 200 OK\nAccept-Ranges: bytes\nContent-Length: 512\n";
  private static final String GET =
      "HTTP/1.1 206 Partial\nContent-Range: bytes 0-511/512\nTransfer-Encoding: chunked\n";
  private static final RawServer.Answer GOOD = new RawServer.Answer(HEAD + "\n", "");

  /** The client stops reading before this. The buffers of two sockets hold the bytes in transit. */
  private static final long MOST = 24 << 20;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|a", // a status line
        "HTTP/1.1 200 |a",
        "HTTP/1.1 200 OK\nA: |a", // a header
        "HTTP/1.1 200 OK\n|A: a\n",
        "HTTP/1.1 200 OK\nA: a\n|  folded\n",
        "|HTTP/1.1 102 Processing\n\n",
        "HTTP/1.1 302 Found\nLocation: /|a",
      })
  void endlessResponseToHeadIsAnErrorAndNotBuffered(String answer) throws Exception {
    String[] parts = answer.split("\\|");
    try (RawServer server = new RawServer(new RawServer.Answer(parts[0], parts[1]), GOOD);
        StartedDisk disk = new StartedDisk("url=" + server.url())) {
      assertThatThrownBy(disk::device)
          .isInstanceOf(NbdException.class)
          .hasMessageContaining(server.url());
      assertThat(server.sent.get()).isLessThan(MOST);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        GET + "\n|0", // the length of a chunk
        GET + "\n1;|a",
        GET + "\n200\n|a", // a chunk that is longer than it says
        GET + "\n0\n|A: a\n", // what follows the last chunk
        "HTTP/1.1 206 Partial\nContent-Range: bytes 0-511/512\n\n|a", // until the connection ends
        "HTTP/1.1 404 Not Found\n\n|a",
      })
  void endlessResponseToGetIsAnErrorAndNotBuffered(String answer) throws Exception {
    String[] parts = answer.split("\\|");
    try (RawServer server = new RawServer(GOOD, new RawServer.Answer(parts[0], parts[1]));
        StartedDisk disk = new StartedDisk("url=" + server.url());
        BlockDevice device = disk.device()) {
      assertThatThrownBy(() -> device.read(ByteBuffer.allocate(512), 0))
          .isInstanceOf(NbdException.class);
      assertThat(server.sent.get()).isLessThan(MOST);
    }
  }

  /**
   * A response to HEAD has no body (RFC 9110, 9.3.2). A body that arrives is not the next response.
   */
  @Test
  void bodyAfterHeadIsNotTakenForTheNextResponse() throws Exception {
    String part =
        "HTTP/1.1 206 Partial\nContent-Range: bytes 0-7/512\nContent-Length: 8\n\n12345678";
    RawServer.Answer head = new RawServer.Answer(HEAD + "\n", "a");
    try (RawServer server = new RawServer(head, new RawServer.Answer(part, ""));
        StartedDisk disk = new StartedDisk("url=" + server.url());
        BlockDevice device = disk.device()) {
      ByteBuffer read = ByteBuffer.allocate(8);
      device.read(read, 0);
      assertThat(read.array()).asString().isEqualTo("12345678");
      assertThat(server.sent.get()).isLessThan(MOST);
    }
  }

  /** The HTTP library keeps the error page of a proxy in memory for its message. */
  @Test
  void endlessErrorPageOfAProxyIsNotBuffered() throws Exception {
    RawServer.Answer refusal = new RawServer.Answer("HTTP/1.1 403 Forbidden\n\n", "a");
    try (RawServer proxy = new RawServer(refusal, refusal);
        StartedDisk disk =
            new StartedDisk(
                "url=https://disks.invalid/disk",
                "proxy=" + proxy.url().replaceAll("/disk$", ""))) {
      assertThatThrownBy(disk::device).hasMessageContaining("403");
      assertThat(proxy.sent.get()).isLessThan(MOST);
    }
  }
}
