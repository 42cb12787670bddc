package org.nbdcore.plugin.curl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;

/** The requests that web servers get. */
@Timeout(60)
final class WebRequestsTest {

  @AutoClose private WebServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new WebServer();
  }

  private WebServer.Seen seen(String... parameters) throws Exception {
    String[] all = Arrays.copyOf(parameters, parameters.length + 1);
    all[parameters.length] = "url=" + server.url();
    try (StartedDisk disk = new StartedDisk(all)) {
      assertThat(disk.read(1000, 100)).isEqualTo(Arrays.copyOfRange(server.disk, 1000, 1100));
    }
    return server.last();
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readRequestsItsRangeWithMinimalHeaders() throws Exception {
    WebServer.Seen seen = seen();
    assertThat(seen.method()).isEqualTo("GET");
    assertThat(seen.header("Range")).isEqualTo("bytes=1000-1099");
    assertThat(seen.header("Accept")).isEqualTo("*/*");
    assertThat(seen.headers())
        .doesNotContainKeys("User-agent", "Cookie", "Authorization", "Accept-encoding");
    assertThat(server.seen.get(0).method()).isEqualTo("HEAD");
    assertThat(server.seen).hasSize(2);
  }

  @Test
  void userAndPasswordAreSentWithEveryRequest() throws Exception {
    seen("user=alice", "password=secret");
    assertThat(server.seen)
        .allMatch(seen -> basic("alice:secret").equals(seen.header("Authorization")));
  }

  @Test
  void userAndPasswordMayBePartOfTheUrl() throws Exception {
    String url = server.url().replace("localhost", "bob:pa%20ss@localhost");
    try (StartedDisk disk = new StartedDisk("url=" + url)) {
      disk.read(0, 1);
    }
    assertThat(server.last().header("Authorization")).isEqualTo(basic("bob:pa ss"));
    try (StartedDisk disk = new StartedDisk("url=" + url, "password=other")) {
      disk.read(0, 1);
    }
    assertThat(server.last().header("Authorization")).isEqualTo(basic("bob:other"));
  }

  @Test
  void userAgentAndCookieAreSent() throws Exception {
    WebServer.Seen seen = seen("user-agent=us/1", "cookie=a=1; b=2");
    assertThat(seen.header("User-Agent")).isEqualTo("us/1");
    assertThat(seen.header("Cookie")).isEqualTo("a=1; b=2");
  }

  @Test
  void headersAreAddedReplacedAndRemoved() throws Exception {
    WebServer.Seen seen =
        seen("header=X-One: 1", "header=X-One: 2", "header=X-Empty;", "header=Accept:");
    assertThat(seen.headers().get("X-One")).containsExactly("1", "2");
    assertThat(seen.headers().get("X-Empty")).containsExactly("");
    assertThat(seen.headers()).doesNotContainKey("Accept");
    assertThat(seen("user=x", "header=Authorization: Bearer token").headers().get("Authorization"))
        .containsExactly("Bearer token");
  }

  @Test
  void redirectsAreFollowed() throws Exception {
    server.redirects.put("/here", "there");
    server.redirects.put("/there", server.url());
    try (StartedDisk disk = new StartedDisk("url=" + server.url("/here"))) {
      assertThat(disk.read(5, 5)).isEqualTo(Arrays.copyOfRange(server.disk, 5, 10));
    }
    assertThat(server.seen)
        .extracting(WebServer.Seen::path)
        .containsExactly("/here", "/there", "/disk", "/here", "/there", "/disk");
  }

  @Test
  void followlocationOffMakesARedirectionAnError() throws Exception {
    server.redirects.put("/here", "/disk");
    try (StartedDisk disk = new StartedDisk("url=" + server.url("/here"), "followlocation=false")) {
      assertThatThrownBy(disk::device).hasMessageContaining("the server answered 302");
    }
  }

  @Test
  void redirectLoopIsAnError() throws Exception {
    server.redirects.put("/here", "/here");
    try (StartedDisk disk = new StartedDisk("url=" + server.url("/here"))) {
      assertThatThrownBy(disk::device).hasMessageContaining("more than 30 times");
    }
  }

  @Test
  void aRedirectionToAProtocolThatIsNotAllowedIsAnError() throws Exception {
    for (String elsewhere :
        new String[] {
          "ftp://localhost/disk", "https://localhost/disk", "::", "http://localhost:99999/disk"
        }) {
      server.redirects.put("/here", elsewhere);
      try (StartedDisk disk = new StartedDisk("url=" + server.url("/here"), "protocols=http,ftp")) {
        assertThatThrownBy(disk::device)
            .hasMessageContaining(elsewhere)
            .hasMessageContaining("(allowed: http, without a user name)");
      }
    }
  }

  /** The password must not be logged, nor used as a login that the user did not choose. */
  @Test
  void errorForARedirectWithAUserNameDoesNotShowThePassword() throws Exception {
    server.redirects.put("/here", server.url("/disk").replace("//", "//me:hush@"));
    try (StartedDisk disk = new StartedDisk("url=" + server.url("/here"))) {
      assertThatThrownBy(disk::device)
          .hasMessageContaining("redirects to http://...@localhost:")
          .hasMessageContaining("without a user name")
          .hasMessageNotContaining("hush");
    }
    assertThat(server.seen).extracting(WebServer.Seen::path).containsExactly("/here");
  }

  @Test
  void passwordIsNotSentToARedirectTarget() throws Exception {
    try (WebServer other = new WebServer()) {
      server.redirects.put("/here", other.url());
      try (StartedDisk disk =
          new StartedDisk("url=" + server.url("/here"), "user=alice", "password=x")) {
        disk.read(0, 1);
      }
      assertThat(server.seen).allMatch(seen -> seen.header("Authorization") != null);
      assertThat(other.seen).isNotEmpty().allMatch(seen -> seen.header("Authorization") == null);
    }
  }

  @Test
  void credentialHeadersAndCookiesAreNotSentToARedirectTarget() throws Exception {
    try (WebServer other = new WebServer()) {
      server.redirects.put("/here", other.url());
      String[] credentials = {
        "url=" + server.url("/here"),
        "header=Authorization: Bearer s3cret",
        "header=COOKIE: s3cret",
        "header=X-Other: 1",
      };
      try (StartedDisk disk = new StartedDisk(credentials)) {
        disk.read(0, 1);
        disk.read(0, 1);
      }
      try (StartedDisk disk = new StartedDisk("url=" + server.url("/here"), "cookie=a=s3cret")) {
        disk.read(0, 1);
      }
      assertThat(server.seen)
          .isNotEmpty()
          .allMatch(seen -> seen.headers().values().toString().contains("s3cret"));
      assertThat(other.seen)
          .isNotEmpty()
          .noneMatch(seen -> seen.headers().values().toString().contains("s3cret"));
      assertThat(other.seen.get(0).header("X-Other")).isEqualTo("1");
    }
  }

  /** Of 5 reads, only the first one requests the original URL. */
  @Test
  void redirectIsFollowedOnceAndNotForEachRead() throws Exception {
    server.redirects.put("/here", "/disk");
    try (StartedDisk disk = new StartedDisk("url=" + server.url("/here"));
        BlockDevice device = disk.device()) {
      for (int i = 0; i < 5; i++) {
        device.read(ByteBuffer.allocateDirect(10), 10L * i);
      }
    }
    assertThat(server.seen)
        .extracting(WebServer.Seen::path)
        .containsExactly("/here", "/disk", "/here", "/disk", "/disk", "/disk", "/disk", "/disk");
  }

  /** A signed address expires after some minutes: the server then refuses it or is gone. */
  @ParameterizedTest
  @ValueSource(ints = {200, 403, 404, 500, 0})
  void expiredRedirectIsRequestedAgain(int status) throws Exception {
    try (WebServer first = new WebServer();
        StartedDisk disk = new StartedDisk("url=" + server.url("/here"))) {
      server.redirects.put("/here", first.url());
      try (BlockDevice device = disk.device()) {
        ByteBuffer part = ByteBuffer.allocateDirect(10);
        device.read(part, 0);
        server.redirects.put("/here", "/disk");
        if (status == 0) {
          first.stop();
        }
        first.answer =
            exchange -> {
              exchange.sendResponseHeaders(status, -1);
              return true;
            };
        device.read(part.clear(), 20);
        assertThat(part.get(0)).isEqualTo(server.disk[20]);
        int before = first.seen.size();
        device.read(part.clear(), 40);
        assertThat(part.get(0)).isEqualTo(server.disk[40]);
        assertThat(first.seen).hasSize(before);
      }
    }
  }

  /** The server may redirect a new client to another address. */
  @Test
  void redirectIsRequestedAgainForEachClient() throws Exception {
    server.redirects.put("/here", "/disk");
    try (StartedDisk disk = new StartedDisk("url=" + server.url("/here"))) {
      disk.read(0, 10);
      disk.device().close();
    }
    assertThat(server.last().path()).isEqualTo("/disk");
    assertThat(server.seen.get(server.seen.size() - 2).path()).isEqualTo("/here");
  }

  @Test
  void datastoreUrlsNeedNoEscapes() throws Exception {
    server.answer =
        exchange -> {
          assertThat(exchange.getRequestURI().getPath()).isEqualTo("/folder/a b/[x]|ü.vmdk");
          assertThat(exchange.getRequestURI().getQuery()).isEqualTo("dcPath=data&dsName=ds 1");
          if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(405, -1);
            return true;
          }
          exchange.getResponseHeaders().add("Content-Range", "bytes 0-0/7");
          WebServer.send(exchange, 206, new byte[1]);
          return true;
        };
    String url = server.url("/folder/a b/[x]|ü.vmdk?dcPath=data&dsName=ds 1");
    try (StartedDisk disk = new StartedDisk("url=" + url)) {
      assertThat(disk.device().size()).isEqualTo(7);
    }
  }

  /** The server delays the first two readers, so that a third request would have time to arrive. */
  @Test
  void noMoreConnectionsAreUsedThanAllowed() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch two = new CountDownLatch(2);
    CountDownLatch three = new CountDownLatch(3);
    ExecutorService readers = Executors.newFixedThreadPool(3);
    try (StartedDisk disk = new StartedDisk("url=" + server.url(), "connections=2");
        BlockDevice device = disk.device()) {
      server.answer =
          exchange -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            two.countDown();
            three.countDown();
            try {
              two.await();
              three.await(300, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
              throw new IOException(e);
            } finally {
              now.decrementAndGet();
            }
            return false;
          };
      List<Future<?>> reads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        reads.add(
            readers.submit(
                () -> {
                  device.read(ByteBuffer.allocateDirect(10), 0);
                  return null;
                }));
      }
      for (Future<?> read : reads) {
        read.get();
      }
    } finally {
      readers.shutdownNow();
    }
    assertThat(most).hasValue(2);
  }

  @Test
  void resolveSetsTheAddressOfAHost() throws Exception {
    String url = "http://disks.invalid:" + server.port() + "/disk";
    try (StartedDisk disk =
        new StartedDisk("url=" + url, "resolve=DISKS.invalid:" + server.port() + ":127.0.0.1")) {
      disk.read(0, 1);
    }
    assertThat(server.last().header("Host")).isEqualTo("disks.invalid:" + server.port());
    try (StartedDisk disk =
        new StartedDisk(
            "url=" + url,
            "resolve=*:" + server.port() + ":127.0.0.1",
            "resolve=-*:" + server.port())) {
      assertThatThrownBy(disk::device).hasMessageContaining("disks.invalid");
    }
  }

  @Test
  void ipresolveSelectsTheAddressFamily() throws Exception {
    seen("ipresolve=v4");
    String url = "http://127.0.0.1:" + server.port() + "/disk";
    try (StartedDisk disk = new StartedDisk("url=" + url, "ipresolve=v6")) {
      assertThatThrownBy(disk::device).hasMessageContaining("127.0.0.1 has no IPv6 address");
    }
  }

  @Test
  void tcpOptionsAreAccepted() throws Exception {
    seen("tcp-keepalive=true", "tcp-nodelay=false");
  }
}
