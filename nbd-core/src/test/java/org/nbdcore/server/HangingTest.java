package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Option;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.testkit.Backends;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.HeldCall;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;

/** Calls of the chain that take long, or for ever, while clients leave and servers stop. */
@Timeout(90)
final class HangingTest {

  private static final int SIZE = 1 << 20;
  private static final int OLDSTYLE = 0;

  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  @TempDir Path folder;

  @BeforeEach
  void quiet() {
    QuietLog.install();
  }

  private void hold() {
    arrived.countDown();
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new AssertionError("a thread of the server's was interrupted", e);
    }
  }

  /** Devices that take long to open. */
  private TestPlugin slowToOpen() {
    return new TestPlugin(
        request -> {
          hold();
          return new ModelDevice(SIZE);
        });
  }

  /** Devices that take long to close. */
  private TestPlugin slowToClose() {
    return TestPlugin.of(new ModelDevice(SIZE)).closing(this::hold);
  }

  private static void ask(RawNbdClient client, int option) throws IOException {
    if (option == Option.EXPORT_NAME) {
      client.option(option, new byte[0]);
    } else if (option != OLDSTYLE) {
      client.option(option, OptionData.info(""));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {OLDSTYLE, Option.EXPORT_NAME, Option.GO, Option.INFO})
  void aClientThatLeavesWhileItsDiskIsOpenedLeavesNoDiskOpen(int option) throws Exception {
    try (TestServer server =
        TestServer.serve(slowToOpen(), options -> options.oldstyle = option == OLDSTYLE)) {
      RawNbdClient client = option == OLDSTYLE ? server.connect() : server.negotiating();
      ask(client, option);
      arrived.await();
      client.drop();
      go.countDown();
      server.awaitNoConnection();
    }
  }

  /** Devices whose open goes on for ever, unless it learns that its client has left. */
  private TestPlugin neverOpened(boolean sleeping) {
    return new TestPlugin(
        request -> {
          arrived.countDown();
          while (true) {
            if (sleeping) {
              request.session().sleep(TimeUnit.HOURS.toNanos(1));
            }
            request.session().requireConnected();
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    OLDSTYLE + ", false",
    Option.EXPORT_NAME + ", false",
    Option.GO + ", false",
    Option.GO + ", true",
    Option.INFO + ", false"
  })
  void anOpenLearnsThatItsClientHasLeft(int option, boolean sleeping) throws Exception {
    try (TestServer server =
        TestServer.serve(neverOpened(sleeping), options -> options.oldstyle = option == OLDSTYLE)) {
      RawNbdClient client = option == OLDSTYLE ? server.connect() : server.negotiating();
      ask(client, option);
      arrived.await();
      client.drop();
      server.awaitNoConnection();
    }
  }

  /** Like a script that pipes all its requests into the socket. */
  @Test
  void aClientThatShutsDownItsOutputIsStillServed() throws Exception {
    TestPlugin plugin =
        new TestPlugin(
            request -> {
              arrived.countDown();
              request.session().sleep(TimeUnit.MILLISECONDS.toNanos(250));
              request.session().requireConnected();
              return new ModelDevice(SIZE);
            });
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = server.negotiating()) {
      ask(client, Option.GO);
      client.request(0, Command.READ, 1, 0, 512);
      client.request(0, Command.DISC, 2, 0, 0);
      client.shutdownOutput();
      arrived.await();
      while (client.optionReply().type() != OptionReply.ACK) {
        // the information comes before
      }
      assertThat(client.simpleReply().error()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {OLDSTYLE, Option.EXPORT_NAME, Option.GO, Option.INFO})
  void aDiskThatIsOpenedWhileTheServerStopsIsClosedBeforeThePlugin(int option) throws Exception {
    try (TestServer server =
        TestServer.serve(slowToOpen(), options -> options.oldstyle = option == OLDSTYLE)) {
      RawNbdClient client = option == OLDSTYLE ? server.connect() : server.negotiating();
      ask(client, option);
      arrived.await();
      server.server.stop();
      assertThat(client.closedByServer()).isTrue();
      assertThat(server.plugin.closes).hasValue(0);
      go.countDown();
      server.server.awaitStopped();
      assertThat(server.server.hanging()).isEmpty();
    }
  }

  /**
   * When the client sees the end of the connection, its writes are complete and the disk is free
   * for others.
   */
  @Test
  void afterDiscTheServerClosesTheDiskBeforeTheConnection() throws Exception {
    try (TestServer server = TestServer.serve(slowToClose());
        RawNbdClient client = server.simple()) {
      client.request(0, Command.DISC, 0, 0, 0);
      arrived.await();
      assertThat(client.channel().read(ByteBuffer.allocate(1))).as("-1 is the end").isZero();
      go.countDown();
      assertThat(client.closedByServer()).isTrue();
    }
  }

  /** The client has not sent DISC: it may have closed only its half of the connection. */
  @Test
  void withoutDiscTheServerClosesTheConnectionBeforeTheDisk() throws Exception {
    try (TestServer server = TestServer.serve(slowToClose());
        RawNbdClient client = server.simple()) {
      client.shutdownOutput();
      arrived.await();
      assertThat(client.closedByServer()).isTrue();
      go.countDown();
    }
  }

  @Test
  void afterAbortTheServerClosesTheConnectionBeforeTheDisk() throws Exception {
    try (TestServer server = TestServer.serve(slowToClose());
        RawNbdClient client = server.negotiating()) {
      client.negotiate(Option.INFO, OptionData.info(""));
      client.option(Option.ABORT, new byte[0]);
      client.optionReply();
      arrived.await();
      assertThat(client.closedByServer()).isTrue();
      go.countDown();
    }
  }

  private NbdServer serve(TestPlugin plugin) throws Exception {
    return serve(plugin, Duration.ofMillis(100));
  }

  private NbdServer serve(TestPlugin plugin, Duration stopTimeout) throws Exception {
    Options options = new Options();
    options.listen = List.of(address());
    options.stopTimeout = stopTimeout;
    return NbdServer.start(TestServer.chain(plugin), options.build());
  }

  private SocketAddress address() {
    return UnixDomainSocketAddress.of(folder.resolve("socket"));
  }

  private RawNbdClient connect() throws IOException {
    RawNbdClient client = RawNbdClient.connect(address());
    client.handshake();
    return client;
  }

  @ParameterizedTest
  @CsvSource({"READ, in transmission", "CLOSE, closing its disk"})
  void aHangingCallIsReportedAndThePluginIsNotClosed(Operation operation, String doing)
      throws Exception {
    FaultPlan plan = new FaultPlan();
    BlockDevice device = new ModelDevice(SIZE);
    HeldCall gate = operation == Operation.READ ? plan.holdNth(operation, 1) : null;
    TestPlugin plugin =
        operation == Operation.READ
            ? TestPlugin.of(new FaultyDevice(device, plan))
            : TestPlugin.of(device).closing(this::hold);
    NbdServer server = serve(plugin);
    try (RawNbdClient client = connect()) {
      client.go("");
      if (gate == null) {
        client.request(0, Command.DISC, 0, 0, 0);
        arrived.await();
      } else {
        client.request(0, Command.READ, 1, 0, 512);
        gate.awaitArrival();
      }
      server.close();
      assertThat(server.hanging().orElseThrow()).contains("connection 1 is " + doing);
      if (gate != null) {
        assertThat(server.hanging().orElseThrow()).contains("HeldCall.");
      }
      assertThat(plugin.closes).as("closes of a plugin in use").hasValue(0);
    } finally {
      go.countDown();
      if (gate != null) {
        gate.release();
      }
    }
    await().atMost(TestServer.TIMEOUT).until(() -> plugin.devices.open() == 0);
    assertThat(plugin.devices.violations()).isEmpty();
  }

  @Test
  void aStopWithZeroTimeoutClosesEverythingThatDoesNotHang() throws Exception {
    TestPlugin plugin = TestPlugin.of(new ModelDevice(SIZE));
    NbdServer server = serve(plugin, Duration.ZERO);
    try (RawNbdClient client = connect()) {
      client.go("");
      server.close();
      assertThat(server.hanging()).isEmpty();
      assertThat(plugin.devices.open()).isZero();
      assertThat(plugin.closes).hasValue(1);
    }
  }

  @Test
  void aHangingOpenIsReportedAndThePluginIsNotClosed() throws Exception {
    TestPlugin plugin = slowToOpen();
    NbdServer server = serve(plugin);
    try (RawNbdClient client = connect()) {
      client.option(Option.GO, OptionData.info(""));
      arrived.await();
      server.close();
      assertThat(server.hanging().orElseThrow())
          .contains("connection 1 is in the handshake, perhaps opening its disk");
      assertThat(plugin.closes).hasValue(0);
    } finally {
      go.countDown();
    }
    await().atMost(TestServer.TIMEOUT).until(() -> plugin.devices.open() == 0);
  }

  @Test
  void aPluginThatHangsInCloseDoesNotBlockTheServersClose() throws Exception {
    TestPlugin plugin =
        new TestPlugin(Backends.of(new ModelDevice(SIZE))) {
          @Override
          public void close() throws IOException {
            hold();
          }
        };
    NbdServer server = serve(plugin);
    try {
      server.close();
      assertThat(server.hanging().orElseThrow()).contains("does not close within 1.0 seconds");
    } finally {
      go.countDown();
    }
  }

  /** At shutdown, the process may be out of threads. */
  @Test
  void theShutdownThreadIsCreatedAtStart() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(SIZE))) {
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .contains("nbd-shutdown");
      server.server.close();
    }
  }

  @Test
  void aStartWithoutAFreeThreadFailsWithAdvice() throws Exception {
    TestPlugin plugin = TestPlugin.of(new ModelDevice(SIZE));
    Options options = new Options();
    options.listen = List.of(address());
    ServerHooks hooks =
        new ServerHooks() {
          @Override
          public void beforeAccepting() {
            throw new OutOfMemoryError("unable to create native thread");
          }
        };
    Leftovers before = Leftovers.now();
    assertThatThrownBy(() -> NbdServer.start(TestServer.chain(plugin), options.build(), hooks))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unable to create native thread")
        .hasMessageContaining("ulimit -u");
    assertThat(plugin.closes).hasValue(1);
    assertThat(Files.exists(folder.resolve("socket"))).isFalse();
    await()
        .atMost(TestServer.TIMEOUT)
        .untilAsserted(() -> Leftovers.now().assertNoMoreThan(before));
  }
}
