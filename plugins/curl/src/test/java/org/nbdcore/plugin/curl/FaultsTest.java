package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Web servers that misbehave. */
@Timeout(60)
@Tag("newest")
final class FaultsTest {

  @AutoClose private WebServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new WebServer();
  }

  private void assertOpenFails(NbdError error, String message) throws Exception {
    try (StartedDisk disk = new StartedDisk("url=" + server.url())) {
      assertThatThrownBy(disk::device)
          .hasMessage(server.url() + ": " + message)
          .isInstanceOfSatisfying(NbdException.class, e -> assertThat(e.error()).isEqualTo(error));
    }
  }

  /** Opens the disk, then reads while {@code answer} replaces the server's response. */
  private void assertReadFails(WebServer.Answer answer, String message) throws Exception {
    try (StartedDisk disk = new StartedDisk("url=" + server.url());
        BlockDevice device = disk.device()) {
      server.answer = answer;
      assertThatThrownBy(() -> device.read(ByteBuffer.allocateDirect(1000), 5000))
          .hasMessageContaining(message)
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EIO));
      server.answer = exchange -> false;
      device.read(ByteBuffer.allocateDirect(1000), 5000); // the next read succeeds
    }
  }

  /** The file may be as large as a disk. The HTTP library would read all of it. */
  @Test
  void theRestOfALongResponseIsNotRead() throws Exception {
    AtomicBoolean all = new AtomicBoolean();
    try (StartedDisk disk = new StartedDisk("url=" + server.url());
        BlockDevice device = disk.device()) {
      server.answer =
          exchange -> {
            exchange.sendResponseHeaders(200, 1L << 40);
            for (int i = 0; i < 64; i++) { // or until the connection is gone
              exchange.getResponseBody().write(new byte[1 << 20]);
            }
            all.set(true);
            return true;
          };
      assertThatThrownBy(() -> device.read(ByteBuffer.allocateDirect(10), 0))
          .hasMessageContaining("sends whole files only");
      assertThat(all).isFalse();
    }
  }

  /** Retries are the task of the filter retry-request, not of the HTTP library. */
  @Test
  void failedRequestIsNotRetriedAfterRetryAfter() throws Exception {
    try (StartedDisk disk = new StartedDisk("url=" + server.url());
        BlockDevice device = disk.device()) {
      int before = server.seen.size();
      server.answer =
          exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "1");
            return status(exchange, 503);
          };
      assertThatThrownBy(() -> device.read(ByteBuffer.allocateDirect(10), 0))
          .hasMessageContaining("answered 503");
      assertThat(server.seen).hasSize(before + 1);
    }
  }

  private static boolean part(HttpExchange exchange, String range, int length) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      return status(exchange, 200);
    }
    exchange.getResponseHeaders().add("Content-Range", range);
    WebServer.send(exchange, 206, new byte[length]);
    return true;
  }

  private static boolean status(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    return true;
  }

  @Test
  void serverWithoutByteRangesIsRefused() throws Exception {
    server.answer =
        exchange -> {
          if (exchange.getRequestMethod().equals("HEAD")) {
            return status(exchange, 200);
          }
          WebServer.send(exchange, 200, new byte[100]);
          return true;
        };
    assertOpenFails(
        NbdError.ENOTSUP,
        "the server sends whole files only (no byte ranges); copy it to a file first");
  }

  @Test
  void errorShowsTheHttpStatus() throws Exception {
    server.answer = exchange -> status(exchange, 404);
    assertOpenFails(NbdError.EIO, "the server answered 404 Not Found");
    server.answer = exchange -> status(exchange, 403);
    assertOpenFails(NbdError.EPERM, "the server answered 403 Forbidden");
  }

  @Test
  void sizeIsFoundWithGetIfHeadIsForbidden() throws Exception {
    server.answer = exchange -> exchange.getRequestMethod().equals("HEAD") && status(exchange, 403);
    try (StartedDisk disk = new StartedDisk("url=" + server.url())) {
      assertThat(disk.device().size()).isEqualTo(WebServer.SIZE);
    }
  }

  @Test
  void anEmptyFileIsAnEmptyDisk() throws Exception {
    server.answer =
        exchange -> {
          exchange.getResponseHeaders().add("Content-Range", "bytes */0");
          return status(exchange, 416);
        };
    try (StartedDisk disk = new StartedDisk("url=" + server.url())) {
      assertThat(disk.device().size()).isZero();
    }
  }

  @Test
  void aServerThatDoesNotKnowTheLengthIsRefused() throws Exception {
    server.answer = exchange -> part(exchange, "bytes 0-0/*", 1);
    assertOpenFails(NbdError.EIO, "the server does not report its length");
  }

  @Test
  void responseWithAnotherRangeIsRefused() throws Exception {
    assertReadFails(
        exchange -> part(exchange, "bytes 0-999/300007", 1000), "asked for 1000 bytes at 5000");
    assertReadFails(
        exchange -> part(exchange, "bytes 5000-5998/300007", 999), "asked for 1000 bytes");
    assertReadFails(exchange -> part(exchange, "nonsense", 1000), "the server sent 'nonsense'");
  }

  @Test
  void changedFileLengthIsAnError() throws Exception {
    assertReadFails(
        exchange -> part(exchange, "bytes 5000-5999/400000", 1000),
        "its length was 300007, and is 400000 now");
  }

  @Test
  void anAnswerThatEndsTooEarlyIsAnError() throws Exception {
    assertReadFails(
        exchange -> {
          exchange.getResponseHeaders().add("Content-Range", "bytes 5000-5999/300007");
          exchange.sendResponseHeaders(206, 1000);
          exchange.getResponseBody().write(new byte[400]);
          exchange.getResponseBody().flush();
          return true;
        },
        "Premature end");
    assertReadFails(
        exchange -> part(exchange, "bytes 5000-5999/300007", 400), "600 bytes too early");
  }

  @Test
  void anAnswerThatIsTooLongIsAnError() throws Exception {
    assertReadFails(
        exchange -> part(exchange, "bytes 5000-5999/300007", 1001),
        "is longer than its Content-Length");
  }

  @Test
  void theWholeFileInPlaceOfAPartIsAnError() throws Exception {
    try (StartedDisk disk = new StartedDisk("url=" + server.url());
        BlockDevice device = disk.device()) {
      server.answer =
          exchange -> {
            WebServer.send(exchange, 200, server.disk);
            return true;
          };
      assertThatThrownBy(() -> device.read(ByteBuffer.allocateDirect(1000), 0))
          .hasMessageContaining("whole files only");
      ByteBuffer all = ByteBuffer.allocateDirect(WebServer.SIZE);
      device.read(all, 0);
      assertThat(all.flip()).isEqualTo(ByteBuffer.wrap(server.disk));
    }
  }

  @Test
  void requestToASilentServerTimesOut() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    server.answer =
        exchange -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return false;
        };
    try (StartedDisk disk = new StartedDisk("url=" + server.url(), "timeout=1")) {
      assertThatThrownBy(disk::device).hasMessageContaining("timed out");
    } finally {
      end.countDown();
    }
  }

  @Test
  void errorNamesAServerThatRefusesTheConnection() throws Exception {
    String url = server.url();
    server.close();
    try (StartedDisk disk = new StartedDisk("url=" + url)) {
      assertThatThrownBy(disk::device).hasMessageContaining(url).hasMessageContaining("refused");
    }
  }

  @Test
  void errorDoesNotShowTheQueryOfTheUrl() throws Exception {
    server.answer = exchange -> status(exchange, 500);
    try (StartedDisk disk = new StartedDisk("url=" + server.url() + "?token=secret")) {
      assertThatThrownBy(disk::device)
          .hasMessage(server.url() + "?...: the server answered 500 Internal Server Error");
    }
  }
}
