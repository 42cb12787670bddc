package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.Option;
import org.nbdcore.server.tls.Certificates;
import org.nbdcore.server.tls.SelfSigned;
import org.nbdcore.server.tls.Tls;
import org.nbdcore.server.tls.TlsPriority;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;

/** The server logs one line for a client that it refuses, and none for a client that leaves. */
@Timeout(60)
final class ClientRejectedExceptionTest {

  @TempDir private Path folder;

  private static TestServer server(Consumer<Options> change) throws Exception {
    return TestServer.serve(TestPlugin.of(new ModelDevice(4096)), change);
  }

  private TestServer encrypted() throws Exception {
    SelfSigned.write(folder);
    Tls tls = Tls.of(Certificates.load(folder, false, TlsPriority.NORMAL));
    return server(options -> options.tls = Optional.of(tls));
  }

  private static void assertRefused(TestServer server, RawNbdClient client, String why)
      throws Exception {
    assertThat(client.closedByServer()).isTrue();
    server.awaitNoConnection();
    // The server logs the line after the connection has released its memory.
    await().until(() -> !server.log.lines().isEmpty());
    assertThat(server.log.lines()).hasSize(1);
    assertThat(server.log.lines().get(0))
        .startsWith("a client is refused: at a Unix socket: ")
        .contains(why);
  }

  @Test
  void aWrongMagicIsLogged() throws Exception {
    try (TestServer server = server(options -> {});
        RawNbdClient client = server.negotiating()) {
      client.send(ByteBuffer.allocate(16).putLong(Magic.IHAVEOPT + 1).rewind());
      assertRefused(server, client, "wrong magic number");
    }
  }

  @Test
  void aHandshakeTimeoutIsLogged() throws Exception {
    try (TestServer server = server(options -> options.handshakeTimeout = Duration.ofMillis(50));
        RawNbdClient client = server.connect()) {
      client.greeting(); // what a client sends might come too late already
      assertRefused(server, client, "its handshake took too long");
    }
  }

  @Test
  void aClientThatDoesNotStartRequiredTlsIsLogged() throws Exception {
    try (TestServer server = encrypted();
        RawNbdClient client = server.negotiating()) {
      client.option(Option.EXPORT_NAME, new byte[0]);
      assertRefused(server, client, "did not start TLS");
    }
  }

  @Test
  void aFailedTlsHandshakeIsLogged() throws Exception {
    try (TestServer server = encrypted();
        RawNbdClient client = server.negotiating()) {
      client.negotiate(Option.STARTTLS, new byte[0]);
      client.send("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      for (int alert = 0; !client.closedByServer(); alert++) {
        assertThat(alert).as("bytes of the alert").isLessThan(32);
      }
      assertRefused(server, client, "the TLS handshake failed");
    }
  }

  @Test
  void aClientRefusedByPreconnectIsLogged() throws Exception {
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(4096))) {
          @Override
          public void preconnect(Session session) throws IOException {
            throw new NbdException(NbdError.EPERM, "not this one");
          }
        };
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = server.connect()) {
      assertRefused(server, client, "not this one");
    }
  }

  @Test
  void aFailedOpenIsLoggedWithATruncatedExportName() throws Exception {
    String name = "\u001b".repeat(4000);
    TestPlugin plugin =
        new TestPlugin(
            request -> {
              throw new NbdException(NbdError.ENOSPC, "no such disk");
            });
    try (TestServer server = TestServer.serve(plugin)) {
      try (RawNbdClient client = server.negotiating()) {
        client.option(Option.EXPORT_NAME, name.getBytes(StandardCharsets.UTF_8));
        assertRefused(server, client, "no such disk");
      }
      try (RawNbdClient client = server.negotiating()) {
        client.negotiate(Option.GO, OptionData.info(name));
      }
      server.awaitNoConnection();
      assertThat(server.log.lines()).hasSize(2);
      assertThat(server.log.lines().get(1)).contains("(4000 characters)").hasSizeLessThan(250);
    }
  }

  @Test
  void aClientThatLeavesDuringOpenIsNotLogged() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    TestPlugin plugin =
        new TestPlugin(
            request -> {
              opening.countDown();
              await().until(() -> gone.await(30, TimeUnit.SECONDS));
              return new ModelDevice(4096);
            });
    try (TestServer server = TestServer.serve(plugin)) {
      RawNbdClient client = server.negotiating();
      for (int i = 0; i < 20; i++) {
        client.option(Option.INFO, OptionData.info("slow" + i));
      }
      opening.await();
      client.drop();
      gone.countDown();
      server.awaitNoConnection();
      assertThat(server.log.lines()).isEmpty();
    }
  }
}
