package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Option;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Export;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.ConcurrentTasks;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.OptionData;
import org.nbdcore.testkit.RawNbdClient;

/** What each thread model promises to a plugin, over several connections. */
final class ThreadModelsTest {

  private static final long PAUSE = 2_000_000;

  /** Counts its calls and those of its devices; each call takes a while. */
  private static final class Metered extends TestPlugin {
    final WatchedDevice.Meter meter;

    Metered(WatchedDevice.Meter meter, ThreadModel model) {
      super(request -> pausing(meter, () -> device(meter)));
      this.meter = meter;
      withModel(model);
    }

    private interface Body<T> {
      T run() throws IOException;
    }

    private static <T> T pausing(WatchedDevice.Meter meter, Body<T> body) throws IOException {
      meter.enter();
      try {
        LockSupport.parkNanos(PAUSE);
        return body.run();
      } finally {
        meter.leave();
      }
    }

    private static BlockDevice device(WatchedDevice.Meter meter) {
      BlockDevice model =
          new FilterBlockDevice(new ModelDevice(1 << 20)) {
            @Override
            public long size() throws IOException {
              return pausing(meter, next::size);
            }

            @Override
            public Capabilities capabilities() throws IOException {
              return next.capabilities();
            }
          };
      return new WatchedDevice(model, meter, nth -> LockSupport.parkNanos(PAUSE));
    }

    @Override
    public void preconnect(Session session) throws IOException {
      pausing(meter, () -> null);
    }

    @Override
    public List<Export> listExports(OpenRequest request) throws IOException {
      return pausing(meter, List::of);
    }

    @Override
    public String defaultExport(OpenRequest request) throws IOException {
      return pausing(meter, () -> "");
    }
  }

  private static void runConnection(TestServer server) throws IOException {
    try (RawNbdClient client = server.connect()) {
      client.handshake();
      client.negotiate(Option.LIST, new byte[0]);
      client.negotiate(Option.INFO, OptionData.info(""));
      client.go("");
      for (int i = 0; i < 20; i++) {
        client.request(0, i % 2 == 0 ? Command.READ : Command.WRITE_ZEROES, i, 0, 512);
      }
      for (int i = 0; i < 20; i++) {
        RawNbdClient.SimpleReply reply = client.simpleReply();
        assertThat(reply.error()).isZero();
        if (reply.cookie() % 2 == 0) {
          client.receive(512);
        }
      }
      client.request(0, Command.DISC, 0, 0, 0);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  private static void runConnections(TestServer server, int clients) throws Exception {
    ConcurrentTasks.run(Collections.nCopies(clients, () -> runConnection(server)));
  }

  @Test
  void serializeAllRequestsMeansOneCallAtATimeOfAnyKind() throws Exception {
    Metered plugin = new Metered(new WatchedDevice.Meter(), ThreadModel.SERIALIZE_ALL_REQUESTS);
    try (TestServer server = TestServer.serve(plugin)) {
      runConnections(server, 4);
      RawNbdClient last = server.simple(); // so that the stopping server flushes beside others
      RawNbdClient other = server.simple();
      for (RawNbdClient client : List.of(last, other)) {
        client.request(0, Command.WRITE, 1, 0, new byte[512]);
        client.simpleReply();
      }
      server.server.close();
    }
    assertThat(plugin.meter.maximum()).isEqualTo(1);
  }

  @Test
  void serializeRequestsMeansOneCallAtATimeOnEachConnection() throws Exception {
    Metered plugin = new Metered(new WatchedDevice.Meter(), ThreadModel.SERIALIZE_REQUESTS);
    try (TestServer server = TestServer.serve(plugin)) {
      runConnection(server);
      server.awaitNoConnection();
      assertThat(plugin.meter.maximum()).isEqualTo(1);
      runConnections(server, 4);
    }
    assertThat(plugin.meter.maximum()).isBetween(2, 4);
  }

  @Test
  void parallelMeansManyCallsOnEachConnection() throws Exception {
    Metered plugin = new Metered(new WatchedDevice.Meter(), ThreadModel.PARALLEL);
    try (TestServer server = TestServer.serve(plugin)) {
      runConnection(server);
    }
    assertThat(plugin.meter.maximum()).isGreaterThan(1);
  }

  @Test
  void serializeConnectionsMeansOneConnectionAtATime() throws Exception {
    Metered plugin = new Metered(new WatchedDevice.Meter(), ThreadModel.SERIALIZE_CONNECTIONS);
    try (TestServer server = TestServer.serve(plugin)) {
      runConnections(server, 4);
      assertThat(plugin.meter.maximum()).isEqualTo(1);
      try (RawNbdClient first = server.simple();
          RawNbdClient second = server.connect()) {
        second.timeout(Duration.ofMillis(100));
        assertThatThrownBy(second::greeting).isInstanceOf(SocketTimeoutException.class);
        first.drop();
        second.timeout(TestServer.TIMEOUT);
        second.handshake();
        second.go("");
      }
    }
    assertThat(plugin.meter.maximum()).isEqualTo(1);
  }

  @Test
  void aServerStopsWhileConnectionsWaitForTheirTurn() throws Exception {
    Metered plugin = new Metered(new WatchedDevice.Meter(), ThreadModel.SERIALIZE_CONNECTIONS);
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient first = server.simple();
        RawNbdClient second = server.connect()) {
      await().atMost(TestServer.TIMEOUT).until(() -> plugin.devices.open() == 1);
      server.server.stop();
      assertThat(first.closedByServer()).isTrue();
      assertThat(second.closedByServer()).isTrue();
    }
  }
}
