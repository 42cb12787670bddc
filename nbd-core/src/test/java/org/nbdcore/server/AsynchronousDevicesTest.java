package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.CommandFlags;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;
import org.nbdcore.testkit.SimulatedAsyncDevice;

/** Devices that complete requests asynchronously. */
@Tag("stress")
@Timeout(120)
final class AsynchronousDevicesTest {

  private static final int SIZE = 1 << 20;

  private final ModelDevice model = new ModelDevice(SIZE).fillRandomly(5);
  private final SimulatedAsyncDevice device = new SimulatedAsyncDevice(model, 6);

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 16})
  void requestsThatCompleteInAnyOrderKeepTheirData(int threads) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int requests = 400;
    byte[] expected = model.contents();
    int slot = SIZE / requests;
    try (TestServer server =
            TestServer.serve(TestPlugin.of(device), options -> options.threads = threads);
        RawNbdClient client = server.simple()) {
      for (int i = 0; i < requests; i++) {
        byte[] data = new byte[1 + random.nextInt(slot)];
        random.nextBytes(data);
        System.arraycopy(data, 0, expected, i * slot, data.length);
        int flags = random.nextInt(4) == 0 ? CommandFlags.FUA : 0;
        client.request(flags, Command.WRITE, i, (long) i * slot, data);
      }
      boolean[] seen = new boolean[requests];
      for (int i = 0; i < requests; i++) {
        SimpleReply reply = client.simpleReply();
        assertThat(reply.error()).isZero();
        assertThat(seen[(int) reply.cookie()]).isFalse();
        seen[(int) reply.cookie()] = true;
      }
      assertThat(model.contents()).as("seed %d", seed).isEqualTo(expected);
      readEverythingBack(client, random, seed, expected);
      assertThat(device.maxInFlight()).isBetween(1, threads);
    }
    assertThat(model.violations()).isEmpty();
  }

  private static void readEverythingBack(
      RawNbdClient client, Random random, long seed, byte[] expected) throws Exception {
    int[] offsets = new int[400];
    int[] lengths = new int[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      lengths[i] = 1 + random.nextInt(random.nextInt(8) == 0 ? 200_000 : 5_000);
      offsets[i] = random.nextInt(SIZE - lengths[i]);
    }
    Thread sender =
        new Thread(
            () -> {
              ByteBuffer all = ByteBuffer.allocate(offsets.length * 28);
              for (int i = 0; i < offsets.length; i++) {
                all.put(RawNbdClient.requestHeader(0, Command.READ, i, offsets[i], lengths[i]));
              }
              try {
                client.send(all.flip());
              } catch (Exception e) {
                throw new AssertionError(e); // the test waits for replies in vain
              }
            });
    sender.start();
    for (int i = 0; i < offsets.length; i++) {
      SimpleReply reply = client.simpleReply();
      int at = (int) reply.cookie();
      assertThat(reply.error()).isZero();
      assertThat(client.receive(lengths[at]))
          .as("seed %d, request %d", seed, at)
          .isEqualTo(Arrays.copyOfRange(expected, offsets[at], offsets[at] + lengths[at]));
      lengths[at] = -1; // must not be answered again
    }
    sender.join();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 40})
  void asyncRequestsUpToTheLimitNeedNoThreadEach(int threads) throws Exception {
    device.hold();
    try (TestServer server =
            TestServer.serve(TestPlugin.of(device), options -> options.threads = threads);
        RawNbdClient client = server.simple()) {
      int before = workers();
      for (int i = 0; i < 100; i++) {
        client.request(0, Command.READ, i, i * 512L, 512);
      }
      await().atMost(TestServer.TIMEOUT).until(() -> device.inFlight() == threads);
      assertThat(workers() - before).isLessThanOrEqualTo(1);
      device.release();
      for (int i = 0; i < 100; i++) {
        assertThat(client.simpleReply().error()).isZero();
        client.receive(512);
      }
      assertThat(device.maxInFlight()).isEqualTo(threads);
    }
  }

  /** Starts reads; the test completes them, perhaps more than once. */
  private static final class ManualDevice extends PassThroughDevice {

    private final BlockingQueue<CompletionHandler> started = new LinkedBlockingQueue<>();
    private final BlockingQueue<ByteBuffer> buffers = new LinkedBlockingQueue<>();

    ManualDevice() {
      super(new ModelDevice(SIZE));
    }

    @Override
    public boolean prefersAsync() {
      return true;
    }

    @Override
    public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion) {
      buffers.add(dst.duplicate());
      started.add(completion);
      return true;
    }

    void fill(int value) throws InterruptedException {
      ByteBuffer buffer = buffers.take();
      while (buffer.hasRemaining()) {
        buffer.put((byte) value);
      }
    }
  }

  /** Request objects are reused: a second completion would complete the next request too early. */
  @Test
  void aRepeatedCompletionIsIgnored() throws Exception {
    ManualDevice manual = new ManualDevice();
    try (TestServer server = TestServer.serve(manual);
        RawNbdClient client = server.simple()) {
      CompletionHandler last = null;
      for (int i = 1; i <= 5; i++) {
        client.request(0, Command.READ, i, 0, 4096);
        CompletionHandler completion = manual.started.take();
        if (last != null) {
          last.completed(() -> {});
          client.request(0, Command.FLUSH, 100 + i, 0, 0);
          assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 100 + i));
        }
        manual.fill(i);
        completion.completed(() -> {});
        assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, i));
        byte[] expected = new byte[4096];
        Arrays.fill(expected, (byte) i);
        assertThat(client.receive(4096)).isEqualTo(expected);
        last = completion;
      }
    }
  }

  @Test
  void oneReplyIsSentIfADeviceCompletesAndThenDeclinesOrFails() throws Exception {
    BlockDevice refusing =
        new PassThroughDevice(new ModelDevice(SIZE)) {
          @Override
          public boolean prefersAsync() {
            return true;
          }

          @Override
          public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
              throws IOException {
            completion.completed(() -> {});
            if (offset == 0) {
              return false;
            }
            throw new IOException("and fails besides");
          }
        };
    try (TestServer server = TestServer.serve(refusing);
        RawNbdClient client = server.simple()) {
      for (int i = 0; i < 8; i++) {
        client.request(0, Command.READ, i, i % 2 * 512L, 512);
        assertThat(client.simpleReply().cookie()).isEqualTo(i);
        client.receive(512);
      }
    }
  }

  private static int workers() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("nbd-worker"))
            .count();
  }

  @Test
  void anFuaWriteIsDurableBeforeItsReply() throws Exception {
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      for (int i = 0; i < 40; i++) { // one by one, and most of them asynchronous
        client.request(CommandFlags.FUA, Command.WRITE, i, i * 512L, new byte[512]);
        assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, i));
        assertThat(model.durable()).isTrue();
      }
    }
  }

  @Test
  void theDeviceOfADisconnectedClientStaysOpenUntilItsRequestsComplete() throws Exception {
    device.hold();
    try (TestServer server = TestServer.serve(device)) {
      RawNbdClient client = server.simple();
      for (int i = 0; i < 8; i++) {
        client.request(0, Command.READ, i, i * 4096L, 4096);
      }
      await().atMost(TestServer.TIMEOUT).until(() -> device.inFlight() == 8);
      client.drop();
      RawNbdClient other = server.simple(); // gives the server time to notice
      other.request(0, Command.FLUSH, 1, 0, 0);
      assertThat(other.simpleReply().error()).isZero();
      assertThat(server.plugin.devices.open()).isEqualTo(2);
      device.release();
      await().atMost(TestServer.TIMEOUT).until(() -> server.plugin.devices.open() == 1);
      other.drop();
      server.awaitNoConnection();
    }
  }

  @Test
  void aServerThatStopsAnswersAsynchronousRequests() throws Exception {
    device.hold();
    AtomicReference<RawNbdClient> client = new AtomicReference<>();
    try (TestServer server = TestServer.serve(device)) {
      client.set(server.simple());
      for (int i = 0; i < 5; i++) {
        client.get().request(0, Command.WRITE, i, i * 4096L, new byte[4096]);
      }
      await().atMost(TestServer.TIMEOUT).until(() -> device.inFlight() == 5);
      Thread stopping = new Thread(server.server::stop);
      stopping.start();
      device.release();
      for (int i = 0; i < 5; i++) {
        assertThat(client.get().simpleReply().error()).isZero();
      }
      stopping.join();
    }
    client.get().close();
    assertThat(model.durable()).isTrue();
  }

  @Test
  void aFailedAsyncReadFailsOnlyItself() throws Exception {
    FaultPlan plan = new FaultPlan();
    plan.failNth(Operation.READ, 3, NbdError.EPERM);
    SimulatedAsyncDevice faulty = new SimulatedAsyncDevice(new FaultyDevice(model, plan), 9);
    try (TestServer server = TestServer.serve(faulty);
        RawNbdClient client = server.simple()) {
      for (int i = 1; i < 7; i++) {
        client.request(0, Command.READ, i, 0, 512);
        assertThat(client.simpleReply())
            .isEqualTo(new SimpleReply(i == 3 ? ErrorValue.EPERM : 0, i));
        client.receive(i == 3 ? 0 : 512);
      }
    }
  }

  @Test
  void anAsyncReadThatCannotStartFailsOnlyItself() throws Exception {
    BlockDevice unable =
        new PassThroughDevice(model) {
          @Override
          public boolean prefersAsync() {
            return true;
          }

          @Override
          public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
              throws NbdException {
            throw new NbdException(NbdError.ENOMEM, "nothing begins here");
          }
        };
    try (TestServer server = TestServer.serve(unable);
        RawNbdClient client = server.simple()) {
      for (int i = 0; i < 40; i++) {
        client.request(0, Command.READ, i, 0, 512);
        assertThat(client.simpleReply()).isEqualTo(new SimpleReply(ErrorValue.ENOMEM, i));
        client.request(0, Command.WRITE, i, 0, new byte[512]); // is not asynchronous
        assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, i));
      }
    }
  }

  @Test
  void serializedChainsGetNoAsyncRequests() throws Exception {
    TestPlugin plugin = TestPlugin.of(device).withModel(ThreadModel.SERIALIZE_ALL_REQUESTS);
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = server.simple()) {
      for (int i = 0; i < 50; i++) {
        client.request(0, Command.READ, i, 0, 512);
      }
      for (int i = 0; i < 50; i++) {
        assertThat(client.simpleReply().error()).isZero();
        client.receive(512);
      }
      assertThat(device.maxInFlight()).isZero();
    }
  }

  @Test
  void aSlowClientBlocksNeitherTheDeviceNorOtherClients() throws Exception {
    try (TestServer server = TestServer.serve(device);
        RawNbdClient slow = server.simple();
        RawNbdClient other = server.simple()) {
      int requests = 200;
      for (int i = 0; i < requests; i++) {
        slow.request(0, Command.READ, i, 0, 100_000);
      }
      for (int i = 0; i < 50; i++) {
        other.request(0, Command.READ, i, 0, 100_000);
        assertThat(other.simpleReply()).isEqualTo(new SimpleReply(0, i));
        other.receive(100_000);
      }
      await().atMost(TestServer.TIMEOUT).until(() -> device.inFlight() == 0);
      for (int i = 0; i < requests; i++) {
        assertThat(slow.simpleReply().error()).isZero();
        slow.receive(100_000);
      }
    }
  }
}
