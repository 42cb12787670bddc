package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.chain.Chain;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.client.TlsMode;
import org.nbdcore.plugin.memory.MemoryProvider;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.server.ExportStatus;
import org.nbdcore.server.NbdServer;
import org.nbdcore.server.ServerListener;
import org.nbdcore.server.ServerOptions;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Log;

/** The code of docs/embedding.md does what the page says. */
@Timeout(120)
class EmbeddingPageTest {

  private static final SocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** The key store of nbd-client's tests: a certificate for localhost and its authority. */
  private static final Path KEYS = Path.of("../nbd-client/src/test/resources/tls/server.p12");

  private static PageCode page;

  @TempDir private Path folder;

  @BeforeAll
  static void compile() throws IOException {
    page = PageCode.of("embedding.md");
  }

  @AfterAll
  static void assertThatAllBlocksWereUsed() throws IOException {
    page.close();
    page.assertThatAllBlocksWereUsed();
  }

  private static Chain memory(String size) throws ConfigException {
    MemoryProvider plugin = new MemoryProvider();
    Config config = Config.builder(plugin.parameters()).put("size", size).build();
    return Chain.builder().plugin(plugin, config).build();
  }

  private static NbdClient connect(NbdServer server, String export) throws IOException {
    return NbdClient.connect(
        server.addresses().get(0), ConnectOptions.defaults().withExportName(export));
  }

  @Test
  void aDiskIsServedAtAPortAndAtASocketAndStopped() throws Exception {
    Path socket = folder.resolve("disk.sock");
    NbdServer server = (NbdServer) page.run("serve", socket);
    try (server) {
      try (NbdClient client = connect(server, "");
          NbdClient local = NbdClient.connect(NbdUri.parse("nbd+unix:///?socket=" + socket))) {
        client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 5);
        byte[] read = new byte[3];
        local.read(ByteBuffer.wrap(read), 5);
        assertThat(read).containsExactly(1, 2, 3);
        assertThat(local.size()).isEqualTo(1L << 30);
      }
      page.run("stop", server);
      assertThat(socket).doesNotExist();
    }
  }

  @Test
  void exportsAreServedListedRemovedAndAdded() throws Exception {
    try (NbdServer server =
        (NbdServer) page.run("exports", ANY_PORT, memory("1M"), memory("2M"), memory("3M"))) {
      InetSocketAddress address = (InetSocketAddress) server.addresses().get(0);
      NbdUri uri = NbdUri.parse("nbd://localhost:" + address.getPort());
      try (PageCode clientPage = PageCode.of("client.md")) {
        assertThat(clientPage.run("list", uri))
            .isEqualTo(List.of("system: 1048576", "data: 2097152", "archive: 3145728"));
      }
      try (NbdClient data = connect(server, "data")) {
        assertThat(data.export().isReadOnly()).isTrue();
        page.run("change", server, memory("4M"));
        data.read(ByteBuffer.allocate(512), 0);
        try (NbdClient changed = connect(server, "data")) {
          assertThat(changed.size()).isEqualTo(4 << 20);
          assertThat(changed.export().isReadOnly()).isFalse();
        }
      }
      assertThatThrownBy(() -> connect(server, "nope"))
          .isInstanceOf(NbdClientException.class)
          .hasMessageContaining("there is no export 'nope'");
      assertThat(server.exports())
          .extracting(ExportStatus::name)
          .containsExactly("system", "archive", "data");
    }
  }

  @Test
  void keyStoreEncryptsConnections() throws Exception {
    char[] password = "nbd-test".toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(KEYS)) {
      keys.load(in, password);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    ServerOptions options = (ServerOptions) page.run("encrypted", ANY_PORT, keys, password);
    try (NbdServer server = NbdServer.start(memory("1M"), options)) {
      SocketAddress address = server.addresses().get(0);
      ConnectOptions tls =
          ConnectOptions.defaults()
              .withTls(TlsMode.REQUIRED, context)
              .withTlsPeer("localhost", true);
      try (NbdClient client = NbdClient.connect(address, tls)) {
        assertThat(client.tls()).isTrue();
        client.read(ByteBuffer.allocate(512), 0);
      }
      assertThatThrownBy(() -> connect(server, "")).hasMessageContaining("TLS");
    }
  }

  @Test
  void memoryThreadsAndTimesAreLimited() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    ServerOptions options = (ServerOptions) page.run("limits", ANY_PORT, threads);
    assertThat(options.stopTimeout()).isEqualTo(Duration.ofSeconds(5));
    try (NbdServer server = NbdServer.start(memory("1M"), options);
        NbdClient client = connect(server, "")) {
      client.read(ByteBuffer.allocate(512), 0);
    }
    threads.shutdown();
  }

  @Test
  void listenerCountsBytesAndErrors() throws Exception {
    ServerListener listener = (ServerListener) page.create("Statistics");
    try (NbdServer server =
            NbdServer.builder()
                .listen(ANY_PORT)
                .export("disk", memory("1M"))
                .listener(listener)
                .start();
        NbdClient client = connect(server, "disk")) {
      client.write(ByteBuffer.allocate(1000), 0);
      client.read(ByteBuffer.allocate(500), 0);
      client.flush();
      await().untilAsserted(() -> assertThat(count(listener, "bytes")).isEqualTo(1500));
      assertThat(count(listener, "errors")).isZero();
    }
  }

  @Test
  void springBeanServesAndIsAutoCloseable() throws Exception {
    ServerListener listener = (ServerListener) page.create("Statistics");
    Path socket = folder.resolve("bean.sock");
    Object bean = page.run("bean", socket.toString(), listener, memory("1M"));
    try (AutoCloseable server = (AutoCloseable) bean;
        NbdClient client = NbdClient.connect(NbdUri.parse("nbd+unix:///disk?socket=" + socket))) {
      assertThat(client.size()).isEqualTo(1 << 20);
      assertThat(server).isInstanceOf(NbdServer.class);
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void completeProgramCompiles() throws Exception {
    // EmbeddingProjectIT builds and runs it as the page says.
    assertThat(page.type("DiskServer").getMethod("main", String[].class)).isNotNull();
  }

  private static long count(ServerListener listener, String name) throws Exception {
    var field = listener.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return ((LongAdder) field.get(listener)).sum();
  }

  @Test
  void logMessagesGoToTheProgram() throws Exception {
    try {
      List<String> lines = new CopyOnWriteArrayList<>();
      page.run("logging", lines);
      try (NbdServer server =
          NbdServer.builder().listen(ANY_PORT).export("disk", memory("1M")).start()) {
        assertThatThrownBy(() -> connect(server, "nope")).isInstanceOf(IOException.class);
        assertThat(lines).anyMatch(line -> line.contains("there is no export 'nope'"));
      }
    } finally {
      Log.install(new JdkLog());
    }
  }

  /** Stands for the default handler, to restore it after a test. */
  private static final class JdkLog implements Log.Handler {
    @Override
    public boolean enabled(Log.Level level) {
      return level.compareTo(Log.Level.WARN) >= 0;
    }

    @Override
    public void log(Log.Level level, String name, String message, Throwable failure) {
      System.getLogger("org.nbdcore").log(System.Logger.Level.WARNING, name + ": " + message);
    }
  }
}
