package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.protocol.Command;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.SimulatedAsyncDevice;

/** What listeners learn about the connections and requests of a server. */
@Timeout(60)
final class ServerListenerTest {

  @TempDir Path folder;

  private QuietLog log;

  @BeforeEach
  void quiet() {
    log = QuietLog.install();
  }

  /** Records all events. */
  private static class Recorder implements ServerListener {
    final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
    final AtomicReference<ServerConnection> last = new AtomicReference<>();
    volatile CompletedRequest request; // the last
    volatile RuntimeException fault; // thrown after each request

    @Override
    public void connectionOpened(ServerConnection connection) {
      last.set(connection);
      events.add("opened " + connection.number() + " " + connection.exportName());
    }

    @Override
    public void exportOpened(ServerConnection connection) {
      events.add("export " + connection.number() + " " + connection.exportName().orElseThrow());
    }

    @Override
    public void extentReported(
        ServerConnection connection, long offset, long length, boolean data) {
      events.add((data ? "data " : "zeroes ") + offset + "+" + length);
    }

    @Override
    public void requestCompleted(ServerConnection connection, CompletedRequest completed) {
      assertThat(completed.nanos()).isPositive();
      request = completed;
      if (fault != null) {
        throw fault;
      }
      events.add(
          completed.type()
              + " "
              + completed.offset()
              + "+"
              + completed.length()
              + completed.error().map(e -> " " + e).orElse(""));
    }

    @Override
    public void connectionClosed(ServerConnection connection, String reason) {
      events.add("closed " + connection.number() + ": " + reason);
    }

    void awaitClosed() {
      await()
          .atMost(TestServer.TIMEOUT)
          .until(() -> events.stream().anyMatch(event -> event.startsWith("closed")));
    }
  }

  private NbdServer serve(TestPlugin plugin, ServerListener... listeners) throws Exception {
    ServerBuilder builder =
        NbdServer.builder()
            .listen(UnixDomainSocketAddress.of(folder.resolve("socket")))
            .export("disk", TestServer.chain(plugin));
    List.of(listeners).forEach(builder::listener);
    return builder.start();
  }

  private static RawNbdClient connect(NbdServer server) throws IOException {
    RawNbdClient client = RawNbdClient.connect(server.addresses().get(0));
    client.handshake();
    client.go("disk");
    return client;
  }

  /** Short reads, long reads and refused requests take different paths through the server. */
  @Test
  void everyRequestIsReportedOnceWithItsError() throws Exception {
    FaultPlan plan = new FaultPlan();
    plan.failNth(Operation.WRITE, 2, NbdError.ENOSPC);
    Recorder recorder = new Recorder();
    try (NbdServer server =
            serve(TestPlugin.of(new FaultyDevice(new ModelDevice(1 << 20), plan)), recorder);
        RawNbdClient client = connect(server)) {
      client.request(0, Command.READ, 1, 512, 512);
      client.simpleReply();
      client.receive(512);
      client.request(0, Command.READ, 2, 0, 1 << 18);
      client.simpleReply();
      client.receive(1 << 18);
      client.request(0, Command.WRITE, 3, 0, new byte[1024]);
      client.simpleReply();
      client.request(0, Command.WRITE, 4, 0, new byte[1024]);
      client.simpleReply();
      client.request(0, Command.READ, 5, 1 << 20, 512);
      client.simpleReply();
      client.request(0, Command.FLUSH, 6, 0, 0);
      client.simpleReply();
      client.request(0, Command.DISC, 7, 0, 0);
      recorder.awaitClosed();
    }
    assertThat(recorder.events)
        .containsExactly(
            "opened 1 Optional.empty",
            "export 1 disk",
            "READ 512+512",
            "READ 0+262144",
            "WRITE 0+1024",
            "WRITE 0+1024 ENOSPC",
            "READ 1048576+512 EINVAL",
            "FLUSH 0+0",
            "closed 1: the client disconnected");
  }

  @Test
  void extentsSentToAClientAreReported() throws Exception {
    Recorder recorder = new Recorder();
    ModelDevice disk = new ModelDevice(1 << 20); // unallocated zeroes
    disk.write(ByteBuffer.allocate(512).put(0, (byte) 1), 4096, Flags.NONE);
    try (NbdServer server = serve(TestPlugin.of(disk), recorder);
        RawNbdClient client = RawNbdClient.connect(server.addresses().get(0))) {
      client.handshake();
      client.structuredReplies();
      client.metaContext("disk", "base:allocation");
      client.go("disk");
      client.request(0, Command.BLOCK_STATUS, 1, 1024, 4096);
      client.request(0, Command.DISC, 2, 0, 0);
      recorder.awaitClosed();
    }
    assertThat(recorder.events)
        .containsSubsequence(
            "zeroes 1024+3072", "data 4096+512", "zeroes 4608+1043968", "EXTENTS 1024+4096")
        .noneMatch(event -> event.startsWith("data 1024"));
  }

  @Test
  void asynchronousRequestsAreReported() throws Exception {
    Recorder recorder = new Recorder();
    try (SimulatedAsyncDevice device = new SimulatedAsyncDevice(new ModelDevice(1 << 20), 7);
        NbdServer server = serve(TestPlugin.of(device), recorder);
        RawNbdClient client = connect(server)) {
      for (int i = 0; i < 20; i++) {
        client.request(0, Command.READ, i, i * 512L, 512);
        client.simpleReply();
        client.receive(512);
      }
      client.request(0, Command.DISC, 7, 0, 0);
      recorder.awaitClosed();
    }
    assertThat(recorder.events.stream().filter(event -> event.startsWith("READ")))
        .hasSize(20)
        .doesNotHaveDuplicates();
  }

  /** A device whose reads wait for permission. */
  private static final class Gate extends FilterBlockDevice {
    final CountDownLatch open = new CountDownLatch(1);

    Gate() {
      super(new ModelDevice(4096));
    }

    @Override
    public void read(ByteBuffer target, long offset) throws IOException {
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new AssertionError("a thread of the server's was interrupted", e);
      }
      super.read(target, offset);
    }
  }

  @Test
  void aConnectionReportsItsExportSizeAndRequestsInProgress() throws Exception {
    Recorder recorder = new Recorder();
    Gate gate = new Gate();
    try (NbdServer server = serve(TestPlugin.of(gate), recorder);
        RawNbdClient client = connect(server)) {
      for (int i = 0; i < 3; i++) {
        client.request(0, Command.READ, i, 0, 512);
      }
      ServerConnection connection = recorder.last.get();
      await().atMost(TestServer.TIMEOUT).until(() -> connection.requestsInProgress() == 3);
      assertThat(connection.exportSize()).hasValue(4096);
      gate.open.countDown();
      for (int i = 0; i < 3; i++) {
        client.simpleReply();
        client.receive(512);
      }
      client.request(0, Command.READ, 4, 1 << 20, 512); // refused
      client.simpleReply();
      client.request(0, 99, 5, 0, 0); // no command
      client.simpleReply();
      assertThat(connection.requestsInProgress()).isZero();
      client.request(0, Command.DISC, 6, 0, 0);
      recorder.awaitClosed();
      assertThat(connection.requestsInProgress()).isZero();
    } finally {
      gate.open.countDown();
    }
  }

  @Test
  void serverStartingIsCalledBeforeTheChainsStart() throws Exception {
    AtomicReference<NbdServer> known = new AtomicReference<>();
    AtomicReference<NbdServer.State> first = new AtomicReference<>();
    ServerListener listener =
        new ServerListener() {
          @Override
          public void serverStarting(NbdServer server) {
            known.set(server);
            first.set(server.state());
            assertThat(server.exports().get(0).state()).isEqualTo(ExportStatus.State.NOT_STARTED);
            assertThat(server.exports().get(0).lazy()).isFalse();
          }
        };
    try (NbdServer server = serve(TestPlugin.of(new ModelDevice(4096)), listener)) {
      assertThat(known).hasValue(server);
      assertThat(first).hasValue(NbdServer.State.STARTING);
      assertThat(server.state()).isEqualTo(NbdServer.State.RUNNING);
      assertThat(server.memoryLimit()).isEqualTo(512L << 20);
      server.stop();
      server.awaitStopped();
      assertThat(server.state()).isEqualTo(NbdServer.State.STOPPED);
    }
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void aServerThatDrainsServesItsClientsAndThenStops() throws Exception {
    try (NbdServer server = serve(TestPlugin.of(new ModelDevice(4096)));
        RawNbdClient client = connect(server)) {
      SocketAddress address = server.addresses().get(0);
      server.drain();
      assertThat(server.state()).isEqualTo(NbdServer.State.DRAINING);
      assertThatThrownBy(() -> RawNbdClient.connect(address)).isInstanceOf(IOException.class);
      client.request(0, Command.READ, 1, 0, 512);
      assertThat(client.simpleReply().error()).isZero();
      client.receive(512);
      client.request(0, Command.DISC, 2, 0, 0);
      server.awaitStopped();
      assertThat(server.state()).isEqualTo(NbdServer.State.STOPPED);
    }
  }

  @Test
  void aServerWithoutClientsStopsAtOnceWhenItDrains() throws Exception {
    try (NbdServer server = serve(TestPlugin.of(new ModelDevice(4096)))) {
      server.drain();
      server.awaitStopped();
    }
  }

  @Test
  void aServerThatStopsDoesNotRemoveItsSuccessorsSocket() throws Exception {
    NbdServer server = serve(TestPlugin.of(new ModelDevice(4096)));
    try (RawNbdClient client = connect(server)) {
      server.drain();
      try (NbdServer successor = serve(TestPlugin.of(new ModelDevice(4096)))) {
        client.request(0, Command.DISC, 1, 0, 0);
        server.awaitStopped();
        connect(successor).close();
      }
    }
  }

  @Test
  void disconnectClosesTheConnectionAndItsReasonIsReported() throws Exception {
    Recorder recorder = new Recorder();
    try (NbdServer server = serve(TestPlugin.of(new ModelDevice(4096)), recorder);
        RawNbdClient client = connect(server)) {
      recorder.last.get().disconnect("the operator said so");
      assertThat(client.closedByServer()).isTrue();
      recorder.awaitClosed();
    }
    assertThat(recorder.events).endsWith("closed 1: the operator said so");
  }

  @Test
  void aStopIsReportedAsTheReasonForOpenConnections() throws Exception {
    Recorder recorder = new Recorder();
    NbdServer server = serve(TestPlugin.of(new ModelDevice(4096)), recorder);
    try (RawNbdClient client = connect(server)) {
      server.close();
      assertThat(client.closedByServer()).isTrue();
    }
    assertThat(recorder.events).endsWith("closed 1: the server stopped");
  }

  @Test
  void aListenerThatThrowsHarmsNeitherClientsNorOtherListeners() throws Exception {
    Recorder recorder = new Recorder();
    recorder.fault = new IllegalStateException("a fault of the program");
    Recorder other = new Recorder();
    try (NbdServer server = serve(TestPlugin.of(new ModelDevice(4096)), recorder, other);
        RawNbdClient client = connect(server)) {
      client.request(0, Command.READ, 1, 0, 512);
      assertThat(client.simpleReply().error()).isZero();
      assertThat(client.receive(512)).hasSize(512);
      assertThat(other.events).endsWith("READ 0+512");
      assertThat(other.request).isSameAs(recorder.request);
      assertThat(String.join("\n", log.lines()))
          .contains("a listener failed: java.lang.IllegalStateException: a fault of the program");
    }
  }

  @Test
  void connectionsRunOnTheGivenExecutor() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool(task -> new Thread(task, "mine"));
    AtomicReference<String> name = new AtomicReference<>();
    ServerListener listener =
        new ServerListener() {
          @Override
          public void exportOpened(ServerConnection connection) {
            name.set(Thread.currentThread().getName());
          }
        };
    ServerOptions options =
        ServerOptions.defaults(List.of(UnixDomainSocketAddress.of(folder.resolve("socket"))))
            .withExecutor(threads);
    try (NbdServer server =
            NbdServer.builder()
                .options(options)
                .export("disk", TestServer.chain(TestPlugin.of(new ModelDevice(4096))))
                .listener(listener)
                .start();
        RawNbdClient client = connect(server)) {
      client.request(0, Command.READ, 1, 0, 512);
      client.simpleReply();
      assertThat(name).hasValue("mine");
    }
    assertThat(threads.isShutdown()).isFalse();
    threads.shutdown();
  }
}
