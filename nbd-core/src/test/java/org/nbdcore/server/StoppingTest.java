package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.HeldCall;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/**
 * Stopping a server: it completes requests, makes acknowledged writes durable, and leaves nothing
 * behind.
 */
@Timeout(90)
final class StoppingTest {

  private static final int SIZE = 1 << 20;

  @Test
  void idleConnectionsAreClosed() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(SIZE));
        RawNbdClient silent = server.connect();
        RawNbdClient negotiating = server.negotiating();
        RawNbdClient idle = server.simple()) {
      silent.greeting();
      idle.request(0, Command.READ, 1, 0, 1);
      idle.simpleReply();
      idle.receive(1);
      server.server.close();
      assertThat(silent.closedByServer()).isTrue();
      assertThat(negotiating.closedByServer()).isTrue();
      assertThat(idle.closedByServer()).isTrue();
    }
  }

  @Test
  void connectionsThatWereIdleForLongAreClosedToo() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(SIZE));
        RawNbdClient idle = server.simple()) {
      idle.request(0, Command.FLUSH, 1, 0, 0);
      idle.simpleReply();
      // its memory has gone back to the pool, which happens when it waits without limit
      await().atMost(TestServer.TIMEOUT).until(() -> server.server.memoryInUse() == 0);
      idle.request(0, Command.FLUSH, 2, 0, 0);
      assertThat(idle.simpleReply()).isEqualTo(new SimpleReply(0, 2));
      await().atMost(TestServer.TIMEOUT).until(() -> server.server.memoryInUse() == 0);
      server.server.close();
      assertThat(idle.closedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Command.WRITE, Command.WRITE_ZEROES, Command.TRIM})
  void aStopFlushesChanges(int command) throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      if (command == Command.WRITE) {
        client.request(0, command, 1, 0, new byte[512]);
      } else {
        client.request(0, command, 1, 0, 512);
      }
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(device.durable()).isFalse();
      server.server.close();
      assertThat(device.durable()).isTrue();
    }
  }

  @Test
  void aClientThatDoesNotReadDelaysAStopByAFewSecondsOnly() throws Exception {
    try (TestServer server = TestServer.serve(new EndlessDevice());
        RawNbdClient client = server.simple();
        RawNbdClient other = server.simple()) {
      client.request(0, Command.READ, 1, 0, 32 << 20); // more than a socket holds
      client.simpleReply(); // the server writes, and soon nobody reads
      long begin = System.nanoTime();
      server.server.close();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(took).isLessThan(Timeouts.STALLED_AT_STOP.plusSeconds(5));
      assertThat(other.closedByServer()).isTrue();
    }
  }

  @Test
  void aStopWithoutChangesFlushesNothing() throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, 1, 0, 512);
      client.simpleReply();
      server.server.close();
      assertThat(device.calls(Operation.FLUSH)).isEmpty();
    }
  }

  /** A server while its device executes the write of a client, which has cookie 1. */
  private static final class HeldWrite implements AutoCloseable {
    final ModelDevice device = new ModelDevice(SIZE);
    final HeldCall gate;
    final TestServer server;
    final RawNbdClient client;

    HeldWrite() throws Exception {
      FaultPlan plan = new FaultPlan();
      gate = plan.holdNth(Operation.WRITE, 1);
      server = TestServer.serve(new FaultyDevice(device, plan));
      client = server.simple();
      client.request(0, Command.WRITE, 1, 0, new byte[512]);
      gate.awaitArrival();
    }

    @Override
    public void close() throws IOException {
      try (server) {
        client.close();
      }
    }
  }

  @Test
  void aRequestInProgressIsFinishedAndAnswered() throws Exception {
    try (HeldWrite write = new HeldWrite()) {
      write.server.server.stop();
      assertThat(write.server.plugin.closes).hasValue(0);
      write.gate.release();
      assertThat(write.client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(write.client.closedByServer()).isTrue();
      write.server.server.awaitStopped();
      assertThat(write.device.durable()).isTrue();
    }
  }

  @Test
  void aWriteThatTheStopTruncatesDoesNotAffectEarlierOnes() throws Exception {
    try (HeldWrite write = new HeldWrite()) {
      RawNbdClient client = write.client;
      client.request(0, Command.CACHE, 2, 0, 512);
      assertThat(client.simpleReply())
          .isEqualTo(new SimpleReply(0, 2)); // so another thread has become the receiver
      client.send(RawNbdClient.requestHeader(0, Command.WRITE, 3, 0, 100_000));
      write.server.server.stop();
      write.gate.release();
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(client.closedByServer()).isTrue();
    }
  }

  /** Writes blocks until the server disconnects, and returns which of them it acknowledged. */
  private static BitSet writeUntilDisconnected(
      RawNbdClient client, int from, CountDownLatch underway) {
    BitSet acknowledged = new BitSet();
    byte[] block = new byte[512];
    java.util.Arrays.fill(block, (byte) 1);
    try {
      for (int next = from; ; next += 8) {
        for (int i = 0; i < 8; i++) {
          long offset = (from + (next + i) % 256) * 512L;
          client.request(0, Command.WRITE, offset / 512, offset, block);
        }
        for (int i = 0; i < 8; i++) {
          SimpleReply reply = client.simpleReply();
          if (reply.error() == 0) {
            acknowledged.set((int) reply.cookie());
          }
        }
        if (next == from) {
          underway.countDown(); // once for each client, or a quick one would count for a slow one
        }
      }
    } catch (EOFException | SocketException e) {
      return acknowledged;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("roken pipe")
          || String.valueOf(e.getMessage()).contains("reset")) {
        return acknowledged;
      }
      throw new AssertionError(e);
    }
  }

  @Test
  void writesAcknowledgedUnderLoadAreDurable() throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    List<Thread> threads = new ArrayList<>();
    List<BitSet> acknowledged = new ArrayList<>();
    CountDownLatch underway = new CountDownLatch(6);
    try (TestServer server = TestServer.serve(device)) {
      for (int i = 0; i < 6; i++) {
        RawNbdClient client = server.simple();
        int from = i * 256;
        Thread thread =
            new Thread(
                () -> {
                  BitSet mine = writeUntilDisconnected(client, from, underway);
                  synchronized (acknowledged) {
                    acknowledged.add(mine);
                  }
                });
        thread.start();
        threads.add(thread);
      }
      underway.await();
      server.server.close();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    byte[] contents = device.contents();
    assertThat(device.durable()).isTrue();
    assertThat(acknowledged).hasSize(6);
    for (BitSet blocks : acknowledged) {
      assertThat(blocks.isEmpty()).isFalse();
      blocks.stream().forEach(block -> assertThat(contents[block * 512]).isEqualTo((byte) 1));
    }
  }

  @Test
  void repeatedAndConcurrentStopsCloseThePluginOnce() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(SIZE));
        RawNbdClient client = server.simple()) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Thread thread = new Thread(i % 2 == 0 ? server.server::close : server.server::stop);
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      server.server.close();
      server.server.stop();
      assertThat(server.plugin.closes).hasValue(1);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void closeOnAnInterruptedThreadCompletesAndKeepsTheInterrupt() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(SIZE))) {
      Thread.currentThread().interrupt();
      server.server.close();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(server.plugin.closes).hasValue(1);
    }
  }

  @Test
  void clientsThatConnectDuringAStopAreRefused() throws Exception {
    TestPlugin plugin = TestPlugin.of(new ModelDevice(SIZE));
    try (TestServer server = TestServer.serve(plugin)) {
      CountDownLatch started = new CountDownLatch(50);
      Thread clients =
          new Thread(
              () -> {
                while (true) {
                  try (RawNbdClient client = server.connect()) {
                    started.countDown();
                    client.send(ByteBuffer.allocate(4));
                  } catch (IOException e) {
                    if (started.getCount() == 0) {
                      return;
                    }
                  }
                }
              });
      clients.start();
      started.await();
      server.server.close();
      clients.join();
    }
  }

  @Test
  void noThreadAndNoDescriptorIsLeftBehind() throws Exception {
    Leftovers before = Leftovers.now();
    for (int round = 0; round < 3; round++) {
      try (TestServer server =
          TestServer.serve(
              new WatchedDevice(
                  new ModelDevice(SIZE),
                  new WatchedDevice.Meter(),
                  nth -> java.util.concurrent.locks.LockSupport.parkNanos(300_000)))) {
        for (int i = 0; i < 20; i++) {
          RawNbdClient client = server.simple();
          for (int j = 0; j < 20; j++) {
            client.request(0, Command.FLUSH, j, 0, 0);
          }
          if (i % 2 == 0) {
            client.drop();
          } else {
            client.simpleReply();
            client.close();
          }
        }
      }
    }
    await()
        .atMost(TestServer.TIMEOUT)
        .untilAsserted(() -> Leftovers.now().assertNoMoreThan(before));
  }
}
