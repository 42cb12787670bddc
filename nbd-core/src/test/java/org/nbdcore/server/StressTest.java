package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.protocol.Command;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.SimulatedAsyncDevice;

/** Everything at once, with every byte checked. A failure names the seed, which may be set. */
@Tag("stress")
final class StressTest {

  private static final long SEED = Long.getLong("stress.seed", System.nanoTime());

  @Test
  @Timeout(120)
  void manyShortConnectionsReadWhatTheyWrote() throws Exception {
    run(100, 12, 3, ThreadModel.PARALLEL);
  }

  @Test
  @Timeout(120)
  void manyShortConnectionsReadWhatTheyWroteToAnAsyncDevice() throws Exception {
    List<StressSlot> slots = slots(12);
    ModelDevice disk = new ModelDevice(12 * StressSlot.PART);
    try (SimulatedAsyncDevice device = new SimulatedAsyncDevice(disk, SEED)) {
      run(100, 3, slots, disk, device, ThreadModel.PARALLEL);
      assertThat(device.maxInFlight()).isGreaterThan(1);
    }
  }

  @Test
  @Tag("long")
  @Timeout(900)
  void aThousandConnectionsReadWhatTheyWrote() throws Exception {
    run(1000, 64, 6, ThreadModel.PARALLEL);
  }

  @Test
  @Tag("long")
  @Timeout(900)
  void aThousandConnectionsReadWhatTheyWroteOneRequestAtATime() throws Exception {
    run(1000, 64, 2, ThreadModel.SERIALIZE_REQUESTS);
  }

  @Test
  @Timeout(120)
  void idleConnectionsKeepNoMemory() throws Exception {
    idle(60, 10);
  }

  @Test
  @Tag("long")
  @Timeout(600)
  void aThousandIdleConnectionsKeepNoMemoryBesideTwoHundredActiveOnes() throws Exception {
    idle(1000, 200);
  }

  private static void idle(int idle, int active) throws Exception {
    List<StressSlot> slots = slots(active);
    ModelDevice disk = new ModelDevice(active * StressSlot.PART);
    TestPlugin plugin = new TestPlugin(request -> handle(disk, slots, request.exportName()));
    List<RawNbdClient> clients = new ArrayList<>();
    try (TestServer server = TestServer.serve(plugin)) {
      for (int i = 0; i < idle; i++) {
        RawNbdClient client = server.negotiating();
        client.go("nothing");
        clients.add(client);
      }
      await().atMost(TestServer.TIMEOUT).until(() -> server.server.memoryInUse() == 0);
      live(List.of(server.address()), slots, active, 10);
      for (RawNbdClient client : clients) { // they are still served
        client.request(0, Command.READ, 1, 0, 512);
        assertThat(client.simpleReply().error()).isZero();
        client.drop();
      }
      server.awaitNoConnection();
    }
  }

  private static List<StressSlot> slots(int count) {
    Random seeds = new Random(SEED);
    List<StressSlot> slots = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      slots.add(new StressSlot(i, seeds.nextLong()));
    }
    return slots;
  }

  /** Varies the speed, so that requests take every path through the server. */
  private static void delay(int nth) {
    int phase = nth / 500 % 4;
    if (phase == 1 && nth % 20 == 0) {
      LockSupport.parkNanos(3_000_000);
    } else if (phase == 2) {
      LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(400_000));
    }
  }

  private static void run(int connections, int atATime, int bursts, ThreadModel model)
      throws Exception {
    List<StressSlot> slots = slots(atATime);
    ModelDevice disk = new ModelDevice(atATime * StressSlot.PART);
    WatchedDevice device = new WatchedDevice(disk, new WatchedDevice.Meter(), StressTest::delay);
    run(connections, bursts, slots, disk, device, model);
  }

  private static void run(
      int connections,
      int bursts,
      List<StressSlot> slots,
      ModelDevice disk,
      BlockDevice device,
      ThreadModel model)
      throws Exception {
    TestPlugin plugin =
        new TestPlugin(request -> handle(device, slots, request.exportName())).withModel(model);
    Leftovers before = Leftovers.now();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (TestServer server =
        TestServer.serve(
            plugin,
            options ->
                options.listen =
                    List.of(options.listen.get(0), new InetSocketAddress(loopback, 0)))) {
      live(server.server.addresses(), slots, connections, bursts);
      server.awaitNoConnection();
    }
    assertThat(disk.violations()).as("seed " + SEED).isEmpty();
    await()
        .atMost(TestServer.TIMEOUT)
        .untilAsserted(() -> Leftovers.now().assertNoMoreThan(before));
  }

  private static BlockDevice handle(BlockDevice device, List<StressSlot> slots, String export) {
    if (export.equals("nothing")) {
      return new ModelDevice(512);
    }
    CountDownLatch closed = slots.get(Integer.parseInt(export)).opened();
    return new Shared(device, closed);
  }

  private static final class Shared extends PassThroughDevice {

    private final CountDownLatch closed;

    Shared(BlockDevice device, CountDownLatch closed) {
      super(device);
      this.closed = closed;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  private static void live(
      List<SocketAddress> addresses, List<StressSlot> slots, int connections, int bursts)
      throws InterruptedException {
    AtomicInteger left = new AtomicInteger(connections);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (StressSlot slot : slots) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int n = left.decrementAndGet(); n >= 0; n = left.decrementAndGet()) {
                    slot.live(addresses.get(n % addresses.size()), bursts);
                  }
                } catch (Throwable e) { // an AssertionError too must reach the test
                  failure.compareAndSet(null, e);
                  left.set(0);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError("seed " + SEED + ": " + failure.get(), failure.get());
    }
  }
}
