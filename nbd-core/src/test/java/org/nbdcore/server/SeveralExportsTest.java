package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.log.ConnectionContext;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.StartContext;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/** A server with several chains, each with its own name and lifetime. */
@Timeout(60)
final class SeveralExportsTest extends ExportsTest {

  private static ServerExport export(String name, TestPlugin plugin) throws Exception {
    return ServerExport.of(name, TestServer.chain(plugin));
  }

  private static final class Broken extends TestPlugin {
    Broken() {
      super(Backends.of(new ModelDevice(512)));
    }

    @Override
    public void start(StartContext context) throws IOException {
      super.start(context);
      throw new IOException("the cable is cut");
    }
  }

  private static final class Held extends TestPlugin {
    final CountDownLatch go = new CountDownLatch(1);
    final CountDownLatch arrived = new CountDownLatch(1);

    Held(int size) {
      super(Backends.of(new ModelDevice(size)));
    }

    @Override
    public void start(StartContext context) throws IOException {
      super.start(context);
      arrived.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError("a thread of the server's was interrupted", e);
      }
    }
  }

  private static String refusal(RawNbdClient client, String export) throws IOException {
    client.option(Option.GO, OptionData.info(export));
    var reply = client.optionReply();
    assertThat(reply.type()).isEqualTo(OptionReply.ERR_UNKNOWN);
    return reply.text();
  }

  @Test
  void eachNameSelectsItsChainAndTheListShowsDescriptions() throws Exception {
    TestPlugin a = disk(1 << 20);
    TestPlugin b = disk(2 << 20);
    try (NbdServer server =
        builder()
            .export(export("a", a).withDescription("the first"))
            .export(export("b", b))
            .start()) {
      try (RawNbdClient client = connect(server)) {
        assertThat(TestServer.listExports(client)).containsExactly("a: the first", "b");
        assertThat(client.go("b").size()).isEqualTo(2 << 20);
        assertThat(server.exports())
            .extracting(ExportStatus::toString)
            .containsExactly("'a' (running)", "'b' (running)");
        assertThat(server.exports()).extracting(ExportStatus::connections).containsExactly(0, 1);
      }
      try (RawNbdClient client = connect(server)) {
        assertThat(client.go("a").size()).isEqualTo(1 << 20);
      }
    }
    assertThat(List.of(a.starts.get(), b.starts.get())).containsExactly(1, 1);
    assertThat(List.of(a.closes.get(), b.closes.get())).containsExactly(1, 1);
    assertThat(a.devices.violations()).isEmpty();
  }

  @Test
  void theLogContextOfAConnectionNamesItsExport() throws Exception {
    List<String> seen = new ArrayList<>();
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(512))) {
          @Override
          public BlockDevice open(OpenRequest request) throws IOException {
            ConnectionContext.Label label = ConnectionContext.label();
            seen.add(label.number() + " " + label.exportName());
            return super.open(request);
          }
        };
    try (NbdServer server =
            builder().export(export("a", disk(512))).export(export("b", plugin)).start();
        RawNbdClient client = connect(server)) {
      client.go("b");
    }
    assertThat(seen).containsExactly("1 b");
  }

  @Test
  void anUnknownNameIsRefusedAndTheClientMayChooseAnother() throws Exception {
    try (NbdServer server =
            builder().export(export("a", disk(512))).export(export("b", disk(1024))).start();
        RawNbdClient client = connect(server)) {
      assertThat(refusal(client, "c")).isEqualTo("there is no export 'c'");
      assertThat(refusal(client, "")).contains("several exports and no default");
      assertThat(client.go("b").size()).isEqualTo(1024);
      assertThat(String.join("\n", log.lines())).contains("there is no export 'c'");
    }
  }

  @Test
  void theOnlyExportIsTheDefault() throws Exception {
    try (NbdServer server = builder().export(export("a", disk(512))).start();
        RawNbdClient client = connect(server)) {
      assertThat(client.go("").size()).isEqualTo(512);
    }
  }

  @Test
  void theChainWithoutANameServesAllOtherNames() throws Exception {
    TestPlugin others = TestPlugin.of(new ModelDevice(4096)).listing("x", "a");
    try (NbdServer server =
        builder().chain(TestServer.chain(others)).export(export("a", disk(512))).start()) {
      try (RawNbdClient client = connect(server)) {
        assertThat(TestServer.listExports(client)).containsExactly("a", "x");
        assertThat(client.go("a").size()).isEqualTo(512);
      }
      try (RawNbdClient client = connect(server)) {
        assertThat(client.go("anything").size()).isEqualTo(4096);
      }
    }
    assertThat(others.closes).hasValue(1);
  }

  @Test
  void anExportThatFailsToStartDoesNotAffectOthers() throws Exception {
    Broken broken = new Broken();
    try (NbdServer server =
            builder().export(export("bad", broken)).export(export("good", disk(512))).start();
        RawNbdClient client = connect(server)) {
      assertThat(TestServer.listExports(client))
          .as("clients open what is listed")
          .containsExactly("good");
      assertThat(refusal(client, "bad"))
          .isEqualTo("the export 'bad' could not be started: test: cannot start: the cable is cut");
      assertThat(client.go("good").size()).isEqualTo(512);
      assertThat(server.exports().get(0).failure())
          .contains("test: cannot start: the cable is cut");
      assertThat(String.join("\n", log.lines()))
          .contains("the export 'bad' is not served: test: cannot start: the cable is cut");
    }
    assertThat(broken.closes).hasValue(1);
  }

  @Test
  void aServerDoesNotStartIfNoExportStarts() throws Exception {
    Broken one = new Broken();
    Broken other = new Broken();
    ServerBuilder several = builder().export(export("1", one)).export(export("2", other));
    assertThatThrownBy(several::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no export could be started: test: cannot start: the cable is cut");
    assertThat(one.closes).hasValue(1);
    assertThat(other.closes).hasValue(1);
    Broken only = new Broken();
    assertThatThrownBy(() -> builder().export(export("1", only)).start())
        .hasMessage("test: cannot start: the cable is cut");
    assertThat(only.closes).hasValue(1);
  }

  @Test
  void anExportThatHangsInStartDoesNotAffectOthers() throws Exception {
    Held held = new Held(1024);
    ServerOptions options =
        ServerOptions.defaults(List.of(UnixDomainSocketAddress.of(folder.resolve("socket"))))
            .withStartTimeout(Duration.ofMillis(100))
            .withStopTimeout(Duration.ofMillis(100));
    NbdServer server =
        builder()
            .options(options)
            .export(export("slow", held))
            .export(export("good", disk(512)))
            .start();
    try {
      assertThat(String.join("\n", log.lines()))
          .contains("the export 'slow' is still starting after 0.1 seconds");
      try (RawNbdClient client = connect(server)) {
        assertThat(refusal(client, "slow")).isEqualTo("the export 'slow' is still starting");
        assertThat(client.go("good").size()).isEqualTo(512);
      }
      server.close();
      assertThat(server.hanging().orElseThrow()).contains("the export 'slow' is still starting");
      assertThat(held.closes).hasValue(0);
    } finally {
      held.go.countDown();
      server.close();
    }
    await().atMost(LONG).untilAsserted(() -> assertThat(held.closes).hasValue(1));
  }

  @Test
  void aLazyExportStartsOnceWhenItIsFirstOpened() throws Exception {
    Held lazy = new Held(512);
    try (NbdServer server =
            builder()
                .export(export("a", disk(512)))
                .export(export("lazy", lazy).withLazy(true))
                .start();
        RawNbdClient first = connect(server);
        RawNbdClient second = connect(server)) {
      assertThat(lazy.starts).hasValue(0);
      assertThat(server.exports().get(1).state()).isEqualTo(ExportStatus.State.NOT_STARTED);
      first.option(Option.GO, OptionData.info("lazy"));
      second.option(Option.GO, OptionData.info("lazy"));
      lazy.arrived.await();
      assertThat(server.exports().get(1).state()).isEqualTo(ExportStatus.State.STARTING);
      lazy.go.countDown();
      assertThat(first.optionReply().type()).isEqualTo(OptionReply.INFO);
      assertThat(second.optionReply().type()).isEqualTo(OptionReply.INFO);
      assertThat(lazy.starts).hasValue(1);
    }
    assertThat(lazy.closes).hasValue(1);
  }

  @Test
  void aRemovedExportFinishesItsConnectionsAndIsThenClosed() throws Exception {
    TestPlugin a = disk(512);
    TestPlugin again = disk(1024);
    try (NbdServer server =
        builder().export(export("a", a)).export(export("b", disk(512))).start()) {
      CompletableFuture<Void> closed;
      try (RawNbdClient client = connect(server);
          RawNbdClient newcomer = connect(server)) {
        client.go("a");
        closed = server.removeExport("a");
        assertThat(refusal(newcomer, "a")).isEqualTo("there is no export 'a'");
        assertThat(a.closes).hasValue(0);
        server.addExport(export("a", again));
        assertThat(newcomer.go("a").size()).isEqualTo(1024);
        client.request(0, Command.READ, 7, 0, 512);
        assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 7));
        assertThat(closed).isNotDone();
      }
      closed.get();
      assertThat(a.closes).hasValue(1);
      assertThat(again.closes).hasValue(0);
      assertThatThrownBy(() -> server.removeExport("x"))
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("there is no export 'x'");
    }
    assertThat(again.closes).hasValue(1);
  }

  @Test
  void anExportThatCannotBeAddedIsClosed() throws Exception {
    TestPlugin twin = disk(512);
    Broken broken = new Broken();
    TestPlugin late = disk(512);
    NbdServer server = builder().export(export("a", disk(512))).start();
    try (server) {
      assertThatThrownBy(() -> server.addExport(export("a", twin)))
          .hasMessage("there is an export 'a' already");
      assertThatThrownBy(() -> server.addExport(export("b", broken)))
          .hasMessage("test: cannot start: the cable is cut");
      assertThat(server.exports()).extracting(ExportStatus::name).containsExactly("a");
    }
    assertThatThrownBy(() -> server.addExport(export("c", late)))
        .hasMessageContaining("the server is stopping");
    assertThat(List.of(twin.closes.get(), broken.closes.get(), late.closes.get()))
        .containsExactly(1, 1, 1);
    TestPlugin one = disk(512);
    TestPlugin two = disk(512);
    ServerBuilder twins = builder().export(export("a", one)).export(export("a", two));
    assertThatThrownBy(twins::start).hasMessage("there is an export 'a' already");
    assertThat(List.of(one.closes.get(), two.closes.get())).containsExactly(1, 1);
  }

  /** One export's locks block no other. */
  @Test
  void aClientThatWaitsForItsTurnDoesNotBlockOtherExports() throws Exception {
    TestPlugin serial = disk(512).withModel(ThreadModel.SERIALIZE_CONNECTIONS);
    try (NbdServer server =
            builder().export(export("serial", serial)).export(export("b", disk(1024))).start();
        RawNbdClient first = connect(server);
        RawNbdClient waiting = connect(server);
        RawNbdClient other = connect(server)) {
      first.go("serial");
      waiting.option(Option.GO, OptionData.info("serial"));
      assertThat(other.go("b").size()).isEqualTo(1024);
      first.request(0, Command.DISC, 0, 0, 0);
      assertThat(waiting.optionReply().type()).isEqualTo(OptionReply.INFO);
    }
    assertThat(serial.devices.violations()).isEmpty();
  }

  @Test
  void eachChainsPreconnectMayRefuseTheClient() throws Exception {
    TestPlugin strict =
        new TestPlugin(Backends.of(new ModelDevice(512))) {
          @Override
          public void preconnect(Session session) throws IOException {
            throw new IOException("not you");
          }
        };
    try (NbdServer server =
            builder().export(export("strict", strict)).export(export("b", disk(1024))).start();
        RawNbdClient client = connect(server)) {
      client.option(Option.GO, OptionData.info("strict"));
      var reply = client.optionReply();
      assertThat(reply.type()).isEqualTo(OptionReply.ERR_POLICY);
      assertThat(reply.text()).isEqualTo("not you");
      assertThat(client.go("b").size()).isEqualTo(1024);
    }
  }

  @Test
  void aReadOnlyExportDoesNotMakeOthersReadOnly() throws Exception {
    try (NbdServer server =
            builder()
                .export(export("ro", disk(512)).withReadOnly(true))
                .export(export("rw", disk(512)))
                .start();
        RawNbdClient client = connect(server);
        RawNbdClient writer = connect(server)) {
      client.go("ro");
      client.request(0, Command.WRITE, 1, 0, new byte[512]);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(1, 1));
      writer.go("rw");
      writer.request(0, Command.WRITE, 2, 0, new byte[512]);
      assertThat(writer.simpleReply()).isEqualTo(new SimpleReply(0, 2));
    }
  }
}
