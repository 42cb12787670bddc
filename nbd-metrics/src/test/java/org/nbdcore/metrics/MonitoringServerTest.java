package org.nbdcore.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.client.NbdClient;
import org.nbdcore.metrics.status.ServerStatus;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerExport;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.ModelDevice;

/** What the HTTP server replies, and to whom. */
@Timeout(120)
final class MonitoringServerTest {

  private static final Optional<AccessToken> TOKEN =
      Optional.of(AccessToken.of(ObservedServer.TOKEN));
  private static final String BEARER = "Bearer " + ObservedServer.TOKEN;

  private static final class Broken extends ObservedServer.Disk {
    Broken() {
      super(new ModelDevice(512));
    }

    @Override
    public void start(StartContext context) throws IOException {
      throw new IOException("the cable is cut");
    }
  }

  private static final class Held extends ObservedServer.Disk {
    final CountDownLatch go = new CountDownLatch(1);

    Held() {
      super(new ModelDevice(512));
    }

    @Override
    public void start(StartContext context) throws IOException {
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError("a thread of the server's was interrupted", e);
      }
    }
  }

  @Test
  void aServerIsReadyOnceItListensAndItsExportsRun() throws Exception {
    Held held = new Held();
    try (ObservedServer observed = new ObservedServer(Optional.empty())) {
      assertThat(observed.get("/health").statusCode()).isEqualTo(200);
      assertThat(observed.get("/ready").statusCode()).isEqualTo(503);
      assertThat(observed.get("/ready").body()).isEqualTo("the server has not started yet\n");
      observed.builder.export(ServerExport.of("held", ObservedServer.chain(held)));
      Thread starting = new Thread(() -> start(observed), "start");
      starting.start();
      await()
          .atMost(ObservedServer.TIMEOUT)
          .until(() -> observed.get("/ready").body().equals("the server is starting\n"));
      held.go.countDown();
      starting.join();
      assertThat(observed.get("/ready").statusCode()).isEqualTo(200);
      try (NbdClient client = observed.connect("held")) {
        observed.server.drain();
        assertThat(observed.get("/ready").statusCode()).isEqualTo(503);
        assertThat(observed.get("/ready").body()).contains("draining");
        assertThat(client.size()).isEqualTo(512);
      }
      observed.server.close();
      assertThat(observed.get("/ready").body()).isEqualTo("the server has stopped\n");
      assertThat(observed.get("/health").statusCode()).isEqualTo(200);
    } finally {
      held.go.countDown();
    }
  }

  private static void start(ObservedServer observed) {
    try {
      observed.start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anExportThatFailsToStartIsReportedWithTheReason() throws Exception {
    try (ObservedServer observed = new ObservedServer(Optional.empty())) {
      observed.export("good", new ModelDevice(512));
      observed.builder.export(ServerExport.of("bad", ObservedServer.chain(new Broken())));
      observed.builder.export(
          ServerExport.of("later", ObservedServer.chain(new Broken())).withLazy(true));
      observed.start();
      HttpResponse<String> answer = observed.get("/ready");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body())
          .isEqualTo("export 'bad' (failed: disk: cannot start: the cable is cut)\n");
      ServerStatus status = ServerStatus.parse(observed.get("/status.json").body());
      assertThat(status.problem()).contains("the cable is cut");
      assertThat(status.exports())
          .extracting(ServerStatus.ExportView::name, ServerStatus.ExportView::state)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("bad", "failed"),
              org.assertj.core.groups.Tuple.tuple("good", "running"),
              org.assertj.core.groups.Tuple.tuple("later", "not started"));
    }
  }

  @Test
  void metricsAndStatusNeedTheToken() throws Exception {
    try (ObservedServer observed =
        new ObservedServer(TOKEN).export("disk", new ModelDevice(512)).start()) {
      for (String path : List.of("/metrics", "/status.json")) {
        assertThat(observed.get(path).statusCode()).as(path).isEqualTo(401);
        assertThat(observed.get(path).headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(observed.get(path, "Authorization", BEARER + "x").statusCode()).isEqualTo(401);
        assertThat(observed.get(path, "Authorization", ObservedServer.TOKEN).statusCode())
            .isEqualTo(401);
        assertThat(observed.get(path, "Authorization", BEARER).statusCode()).isEqualTo(200);
      }
      for (String path : List.of("/", "/status.js", "/status.css", "/health", "/ready")) {
        assertThat(observed.get(path).statusCode()).as(path).isEqualTo(200);
        assertThat(observed.get(path).body()).doesNotContain("disk\"");
      }
    }
  }

  @Test
  void disconnectAndDrainNeedTheToken() throws Exception {
    try (ObservedServer observed =
            new ObservedServer(TOKEN).export("disk", new ModelDevice(512)).start();
        NbdClient first = observed.connect("disk");
        NbdClient second = observed.connect("disk")) {
      assertThat(observed.post("/disconnect?connection=1").statusCode()).isEqualTo(401);
      assertThat(observed.post("/drain").statusCode()).isEqualTo(401);
      assertThat(observed.get("/drain", "Authorization", BEARER).statusCode()).isEqualTo(405);
      assertThat(observed.post("/disconnect", "Authorization", BEARER).statusCode()).isEqualTo(404);
      assertThat(observed.post("/disconnect?connection=9", "Authorization", BEARER).statusCode())
          .isEqualTo(404);
      first.read(ByteBuffer.allocate(512), 0);
      assertThat(observed.post("/disconnect?connection=1", "Authorization", BEARER).statusCode())
          .isEqualTo(200);
      assertThatThrownBy(() -> first.read(ByteBuffer.allocate(512), 0))
          .isInstanceOf(IOException.class);
      second.read(ByteBuffer.allocate(512), 0);
      assertThat(observed.post("/drain", "Authorization", BEARER).statusCode()).isEqualTo(200);
      assertThat(observed.server.state()).isEqualTo(NbdServer.State.DRAINING);
      second.read(ByteBuffer.allocate(512), 0);
      assertThat(observed.post("/disconnect?connection=2", "Authorization", BEARER).statusCode())
          .isEqualTo(200);
      observed.server.awaitStopped();
    }
  }

  @Test
  void withoutATokenDisconnectAndDrainAreForbidden() throws Exception {
    try (ObservedServer observed = ObservedServer.of(new ModelDevice(512))) {
      assertThat(observed.post("/drain").statusCode()).isEqualTo(403);
      assertThat(observed.post("/drain", "Authorization", BEARER).statusCode()).isEqualTo(403);
      assertThat(observed.post("/disconnect?connection=1").statusCode()).isEqualTo(403);
      assertThat(observed.server.state()).isEqualTo(NbdServer.State.RUNNING);
      assertThat(ServerStatus.parse(observed.get("/status.json").body()).actions()).isFalse();
    }
  }

  @Test
  void anAddressThatOtherHostsReachNeedsAToken() {
    ServerMetrics metrics = new ServerMetrics();
    assertThatThrownBy(
            () ->
                MonitoringServer.start(
                    new InetSocketAddress("0.0.0.0", 0), Optional.empty(), "test", metrics, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("requires a token, not 0.0.0.0");
  }

  /** The pages of another site, whose name resolves to 127.0.0.1, must not read the status. */
  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "1.2.evil"})
  void anUnknownHostHeaderIsRefused(String host) throws Exception {
    try (ObservedServer observed = ObservedServer.of(new ModelDevice(512))) {
      assertThat(raw(observed, "/status.json", host)).startsWith("HTTP/1.1 403");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:80", "127.0.0.1", "127.0.0.1:1", "[::1]:80"})
  void hostHeadersWithAnAddressOrLocalhostAreAccepted(String host) throws Exception {
    try (ObservedServer observed = ObservedServer.of(new ModelDevice(512))) {
      assertThat(raw(observed, "/status.json", host)).startsWith("HTTP/1.1 200");
    }
  }

  private static String raw(ObservedServer observed, String path, String host) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(observed.http.address());
      String request =
          "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void everyReplyForbidsScriptsOfOtherSites() throws Exception {
    try (ObservedServer observed = ObservedServer.of(new ModelDevice(512))) {
      for (String path : List.of("/", "/status.json", "/metrics", "/nowhere", "/ready")) {
        HttpResponse<String> answer = observed.get(path);
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
            .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
            .doesNotContain("unsafe");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      }
      assertThat(observed.get("/").body()).contains("<main", "status.js").doesNotContain("://");
      assertThat(observed.get("/status.js").body()).doesNotContain("innerHTML");
      assertThat(observed.get("/nowhere").statusCode()).isEqualTo(404);
      assertThat(observed.send("DELETE", "/").statusCode()).isEqualTo(405);
      assertThat(observed.send("HEAD", "/metrics").body()).isEmpty();
    }
  }

  @Test
  void theStatusListsClientsAndMessages() throws Exception {
    try (ObservedServer observed = ObservedServer.of(new ModelDevice(1 << 20));
        NbdClient client = observed.connect("disk")) {
      client.read(ByteBuffer.allocate(1 << 19), 0);
      observed.metrics.messages().add(Log.Level.INFO, "not worth it");
      observed.metrics.messages().add(Log.Level.ERROR, "read of 512 bytes at 0: <b>cut</b>");
      ServerStatus status = ServerStatus.parse(observed.get("/status.json").body());
      assertThat(status.connections()).hasSize(1);
      ServerStatus.ConnectionView view = status.connections().get(0);
      assertThat(view.peer()).startsWith("127.0.0.1:");
      assertThat(view.export()).isEqualTo("disk");
      assertThat(view.bytesRead()).isEqualTo(1 << 19);
      assertThat(view.position()).isEqualTo(1 << 19);
      assertThat(status.messages())
          .extracting(ServerStatus.MessageView::text)
          .containsExactly("read of 512 bytes at 0: <b>cut</b>");
      assertThat(status.state()).isEqualTo("running");
      assertThat(status.memoryLimit()).isPositive();
    }
  }

  @Test
  void closeFreesThePortAndEndsTheThreads() throws Exception {
    InetSocketAddress address;
    try (ObservedServer observed = ObservedServer.of(new ModelDevice(512))) {
      address = observed.http.address();
      observed.get("/metrics");
    }
    assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
        .isInstanceOf(ConnectException.class);
    await()
        .atMost(ObservedServer.TIMEOUT)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("nbd-monitoring")));
  }

  @Test
  void aTokenOfAFileIsOneLineOfVisibleCharacters(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("token");
    Files.writeString(file, ObservedServer.TOKEN + "\n");
    assertThat(AccessToken.read(file).allows(BEARER)).isTrue();
    assertThat(AccessToken.read(file).allows(null)).isFalse();
    assertThat(AccessToken.read(file).allows(BEARER.substring(0, 20))).isFalse();
    Files.writeString(file, "short");
    assertThatThrownBy(() -> AccessToken.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("token: a token must be one line of 16 to 1024")
        .hasMessageNotContaining("short");
    Files.writeString(file, "two lines of some length\nare no token");
    assertThatThrownBy(() -> AccessToken.read(file)).isInstanceOf(IOException.class);
    Files.writeString(file, "x".repeat(4000));
    assertThatThrownBy(() -> AccessToken.read(file)).hasMessageContaining("too large");
  }
}
