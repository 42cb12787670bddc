package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/**
 * Exports that are replaced while clients use them, that serve all other names, or refuse clients.
 */
@Timeout(60)
final class ReplacedExportsTest extends ExportsTest {

  private static final ClientCheck REFUSE_ALL =
      session -> {
        throw new IOException("not you");
      };

  private static TestPlugin broken() {
    return new TestPlugin(Backends.of(new ModelDevice(512))) {
      @Override
      public void start(StartContext context) throws IOException {
        throw new IOException("the cable is cut");
      }
    };
  }

  private static ServerExport export(String name, TestPlugin plugin) throws Exception {
    return ServerExport.of(name, TestServer.chain(plugin));
  }

  @Test
  void clientsKeepTheOldChainWhileNewClientsGetTheReplacement() throws Exception {
    TestPlugin before = disk(512);
    TestPlugin after = disk(1024);
    try (NbdServer server =
        builder().export(export("a", before)).export(export("b", disk(4096))).start()) {
      CompletableFuture<Void> closed;
      try (RawNbdClient client = connect(server);
          RawNbdClient newcomer = connect(server)) {
        client.go("a");
        closed = server.replaceExport(export("a", after).withReadOnly(true));
        assertThat(newcomer.go("a").size()).isEqualTo(1024);
        client.request(0, Command.WRITE, 7, 0, new byte[512]);
        assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 7));
        newcomer.request(0, Command.WRITE, 8, 0, new byte[512]);
        assertThat(newcomer.simpleReply()).isEqualTo(new SimpleReply(1, 8));
        assertThat(closed).isNotDone();
        assertThat(before.closes).hasValue(0);
        assertThat(server.exports())
            .extracting(ExportStatus::name)
            .as("it keeps its place in the list")
            .containsExactly("a", "b");
      }
      closed.get();
      assertThat(before.closes).hasValue(1);
      assertThat(after.closes).hasValue(0);
    }
    assertThat(after.closes).hasValue(1);
  }

  @Test
  void replaceAddsANewNameAndALazyChainStartsLater() throws Exception {
    TestPlugin lazy = disk(1024);
    try (NbdServer server = builder().export(export("a", disk(512))).start();
        RawNbdClient client = connect(server)) {
      assertThat(server.replaceExport(export("b", lazy).withLazy(true))).isDone();
      assertThat(lazy.starts).hasValue(0);
      assertThat(client.go("b").size()).isEqualTo(1024);
      assertThat(lazy.starts).hasValue(1);
    }
  }

  @Test
  void aChainThatFailsToStartReplacesNoRunningChain() throws Exception {
    TestPlugin good = disk(512);
    TestPlugin bad = broken();
    try (NbdServer server = builder().export(export("a", good)).start();
        RawNbdClient client = connect(server)) {
      ServerExport next = export("a", bad);
      assertThatThrownBy(() -> server.replaceExport(next))
          .hasMessage("test: cannot start: the cable is cut");
      assertThat(bad.closes).hasValue(1);
      ServerExport added = export("b", broken());
      assertThatThrownBy(() -> server.replaceExport(added)).isInstanceOf(IOException.class);
      assertThat(server.exports())
          .extracting(ExportStatus::toString)
          .containsExactly("'a' (running)", "'b' (failed: test: cannot start: the cable is cut)");
      client.option(Option.GO, OptionData.info("b"));
      assertThat(client.optionReply().text()).contains("the cable is cut");
      server.replaceExport(export("b", disk(1024)));
      assertThat(client.go("b").size()).isEqualTo(1024);
    }
    assertThat(good.closes).hasValue(1);
  }

  /** Between INFO and GO, and while a client waits for a chain that starts. */
  @Test
  void aClientInTheHandshakeGetsTheReplacementAndNoError() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    TestPlugin slow =
        new TestPlugin(Backends.of(new ModelDevice(2048))) {
          @Override
          public void start(StartContext context) throws IOException {
            arrived.countDown();
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        };
    try (NbdServer server =
            builder()
                .export(export("a", disk(512)))
                .export(export("slow", slow).withLazy(true))
                .start();
        RawNbdClient client = connect(server);
        RawNbdClient starting = connect(server);
        RawNbdClient waiting = connect(server)) {
      client.option(Option.INFO, OptionData.info("a"));
      while (client.optionReply().type() != OptionReply.ACK) {
        // the size of the first chain
      }
      server.replaceExport(export("a", disk(1024)));
      assertThat(client.go("a").size()).isEqualTo(1024);

      starting.option(Option.GO, OptionData.info("slow"));
      arrived.await();
      waiting.option(Option.GO, OptionData.info("slow"));
      server.replaceExport(export("slow", disk(4096)));
      go.countDown();
      assertThat(starting.optionReply().type()).isEqualTo(OptionReply.INFO);
      assertThat(waiting.optionReply().type()).isEqualTo(OptionReply.INFO);
    }
    assertThat(String.join("\n", log.lines())).doesNotContain("error");
  }

  /** The program may end after the stop, and the threads of its executor with it. */
  @Test
  void aChainThatComesAfterTheStopIsClosedBeforeReplaceThrows() throws Exception {
    Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    AtomicBoolean holds = new AtomicBoolean();
    Executor executor =
        task -> {
          if (holds.get()) {
            held.add(task);
          } else {
            new Thread(task).start();
          }
        };
    ServerOptions options = ServerOptions.defaults(List.of()).withExecutor(executor);
    NbdServer server = NbdServer.builder().options(options).export(export("a", disk(512))).start();
    server.close();
    holds.set(true);
    TestPlugin late = disk(1024);
    assertThatThrownBy(() -> server.replaceExport(export("a", late)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the server is stopping");
    assertThat(late.closes).hasValue(1);
    assertThat(held).isEmpty();
  }

  @Test
  void aStopReportsARemovedExportThatHangsInClose() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    TestPlugin removed =
        new TestPlugin(Backends.of(new ModelDevice(512))) {
          @Override
          public void close() throws IOException {
            closing.countDown();
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            super.close();
          }
        };
    ServerOptions options =
        ServerOptions.defaults(List.of(UnixDomainSocketAddress.of(folder.resolve("socket"))))
            .withStopTimeout(Duration.ofMillis(100));
    NbdServer server =
        builder()
            .options(options)
            .export(export("a", removed))
            .export(export("b", disk(512)))
            .start();
    try {
      server.removeExport("a");
      closing.await();
      server.close();
      assertThat(server.hanging().orElseThrow()).contains("the export 'a' does not close");
    } finally {
      go.countDown();
    }
    await().atMost(LONG).untilAsserted(() -> assertThat(removed.closes).hasValue(1));
  }

  @Test
  void theWildcardServesAllOtherNamesAndCanBeReplacedAndRemoved() throws Exception {
    TestPlugin others = TestPlugin.of(new ModelDevice(4096)).listing("x", "a");
    try (NbdServer server =
        builder().export(export("*", broken())).export(export("a", disk(512))).start()) {
      try (RawNbdClient client = connect(server)) {
        assertThat(TestServer.listExports(client))
            .as("a broken wildcard hides no other")
            .containsExactly("a");
        client.option(Option.GO, OptionData.info("x"));
        assertThat(client.optionReply().text()).contains("the export '*' could not be started");
        assertThat(client.go("a").size()).isEqualTo(512);
      }
      server.replaceExport(export("*", others));
      assertThat(server.exports()).extracting(ExportStatus::name).containsExactly("a", "*");
      try (RawNbdClient client = connect(server)) {
        assertThat(TestServer.listExports(client)).containsExactly("a", "x");
        assertThat(client.go("x").size()).isEqualTo(4096);
        assertThat(server.removeExport("*")).isNotDone();
      }
      try (RawNbdClient client = connect(server)) {
        assertThat(TestServer.listExports(client)).containsExactly("a");
      }
    }
    assertThat(others.closes).hasValue(1);
  }

  @Test
  void aClientThatMayNotUseAnExportNeitherSeesNorStartsIt() throws Exception {
    TestPlugin secret = disk(512);
    TestPlugin others =
        new TestPlugin(Backends.of(new ModelDevice(4096))) {
          @Override
          public List<Export> listExports(OpenRequest request) {
            return List.of(Export.of("secret"), Export.of("x"));
          }
        };
    try (NbdServer server =
            builder()
                .export(export("a", disk(1024)))
                .export(export("secret", secret).withLazy(true).withClientCheck(REFUSE_ALL))
                .export(export("*", others))
                .start();
        RawNbdClient client = connect(server)) {
      assertThat(TestServer.listExports(client)).containsExactly("a", "x");
      client.option(Option.GO, OptionData.info("secret"));
      var reply = client.optionReply();
      assertThat(reply.type()).isEqualTo(OptionReply.ERR_POLICY);
      assertThat(reply.text()).isEqualTo("not you");
      assertThat(secret.starts).hasValue(0);
      assertThat(client.go("a").size()).isEqualTo(1024);
      server.replaceExport(export("*", disk(8)).withClientCheck(REFUSE_ALL));
      try (RawNbdClient later = connect(server)) {
        assertThat(TestServer.listExports(later)).containsExactly("a");
      }
    }
  }

  /** So a check of a certificate comes after TLS has started. */
  @Test
  void theClientCheckOfAWildcardRunsWhenTheClientNamesAnExport() throws Exception {
    try (NbdServer server =
            builder().export(export("*", disk(512)).withClientCheck(REFUSE_ALL)).start();
        RawNbdClient client = connect(server)) {
      client.option(Option.GO, OptionData.info("x"));
      assertThat(client.optionReply().type()).isEqualTo(OptionReply.ERR_POLICY);
    }
  }
}
