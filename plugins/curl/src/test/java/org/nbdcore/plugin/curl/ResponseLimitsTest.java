package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdException;

/** Finite responses just below and above each limit. {@link LimitsTest} has the endless ones. */
@Timeout(60)
final class ResponseLimitsTest {

  private static final String HEAD = "HTTP/1.1 200 OK\nAccept-Ranges: bytes\nContent-Length: 512\n";
  private static final String CHUNKED =
      "HTTP/1.1 206 Partial\nContent-Range: bytes 0-511/512\nTransfer-Encoding: chunked\n\n";
  private static final String DATA = "d".repeat(512);
  private static final String GET =
      "HTTP/1.1 206 Partial\nContent-Range: bytes 0-511/512\nContent-Length: 512\n\n" + DATA;

  /** A line of this many bytes, without its end. */
  private static String line(String beginning, int length) {
    return beginning + "a".repeat(length - beginning.length());
  }

  /** Whether the disk opens and its 512 bytes can be read. */
  private static void assertAccepted(String head, String get, boolean accepted) throws Exception {
    RawServer.Answer first = new RawServer.Answer(head, "");
    try (RawServer server = new RawServer(first, new RawServer.Answer(get, ""));
        StartedDisk disk = new StartedDisk("url=" + server.url())) {
      if (accepted) {
        assertThat(disk.read(0, 512)).asString().isEqualTo(DATA);
      } else {
        assertThatThrownBy(() -> readFrom(disk)).isInstanceOf(NbdException.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"32000, true", "33000, false"})
  void aStatusLineHas32KibAtMost(int length, boolean accepted) throws Exception {
    String status = line("HTTP/1.1 200 ", length) + "\n";
    assertAccepted(HEAD.replace("HTTP/1.1 200 OK\n", status) + "\n", GET, accepted);
  }

  @ParameterizedTest
  @CsvSource({"32000, true", "33000, false"})
  void aHeaderHas32KibAtMost(int length, boolean accepted) throws Exception {
    assertAccepted(HEAD + line("A: ", length) + "\n\n", GET, accepted);
  }

  @ParameterizedTest
  @CsvSource({"32000, true", "33000, false"})
  void chunkSizeLineHas32KibAtMost(int length, boolean accepted) throws Exception {
    String chunks = line("200;a=", length) + "\n" + DATA + "\n0\n\n";
    assertAccepted(HEAD + "\n", CHUNKED + chunks, accepted);
  }

  @ParameterizedTest
  @CsvSource({"250, true", "260, false"})
  void anAnswerHasAbout256HeadersAtMost(int others, boolean accepted) throws Exception {
    assertAccepted(HEAD + "A: a\n".repeat(others) + "\n", GET, accepted);
  }

  @ParameterizedTest
  @CsvSource({"100, true", "101, false"})
  void atMost100InterimResponsesAreAccepted(int count, boolean accepted) throws Exception {
    String interim = "HTTP/1.1 102 Processing\n\n".repeat(count);
    assertAccepted(interim + HEAD + "\n", GET, accepted);
    assertAccepted(HEAD + "\n", interim + GET, accepted);
  }

  private static void readFrom(StartedDisk disk) throws Exception {
    try (BlockDevice device = disk.device()) {
      device.read(ByteBuffer.allocate(512), 0);
    }
  }
}
