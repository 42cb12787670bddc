package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.HeldCall;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/**
 * Calls that take long: they do not block others, and the number in progress stays within the
 * limit.
 */
@Tag("stress")
final class SlowCallsTest {

  private static final int SIZE = 1 << 20;

  @ParameterizedTest
  @ValueSource(ints = {512, 100_000})
  void aSlowReadDoesNotBlockLaterReads(int length) throws Exception {
    ModelDevice device = new ModelDevice(SIZE).fillRandomly(4);
    FaultPlan plan = new FaultPlan();
    HeldCall gate = plan.holdNth(Operation.READ, 2);
    try (TestServer server = TestServer.serve(new FaultyDevice(device, plan));
        RawNbdClient client = server.simple()) {
      for (int i = 1; i <= 40; i++) {
        client.request(0, Command.READ, i, i, length);
      }
      byte[] contents = device.contents();
      boolean[] seen = new boolean[41];
      for (int i = 1; i <= 40; i++) {
        if (i == 40) {
          gate.release();
        }
        SimpleReply reply = client.simpleReply();
        assertThat(reply.error()).isZero();
        int cookie = (int) reply.cookie();
        assertThat(seen[cookie]).isFalse();
        seen[cookie] = true;
        assertThat(client.receive(length))
            .isEqualTo(Arrays.copyOfRange(contents, cookie, cookie + length));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 200_000})
  void aSlowWriteDoesNotBlockLaterWritesAndKeepsItsData(int length) throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    FaultPlan plan = new FaultPlan();
    HeldCall gate = plan.holdNth(Operation.WRITE, 1);
    byte[] first = new byte[length];
    new Random(7).nextBytes(first);
    try (TestServer server = TestServer.serve(new FaultyDevice(device, plan));
        RawNbdClient client = server.simple()) {
      client.request(0, Command.WRITE, 0, 0, first);
      gate.awaitArrival();
      for (int i = 1; i < 5; i++) {
        client.request(0, Command.WRITE, i, i * 200_000L, new byte[length]);
        assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, i));
      }
      gate.release();
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 0));
      assertThat(Arrays.copyOf(device.contents(), length)).isEqualTo(first);
      assertThat(device.violations()).isEmpty();
    }
  }

  @RepeatedTest(3)
  void repliesInAnyOrderCarryTheRightData() throws Exception {
    ModelDevice model = new ModelDevice(SIZE).fillRandomly(8);
    WatchedDevice device =
        new WatchedDevice(
            model,
            new WatchedDevice.Meter(),
            nth -> {
              if (nth % 200 < 60) { // slow for a while, then quick again
                LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(3_000_000));
              }
            });
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] contents = model.contents();
    int requests = 600;
    int[] offsets = new int[requests];
    int[] lengths = new int[requests];
    ByteBuffer all = ByteBuffer.allocate(requests * 28);
    for (int i = 0; i < requests; i++) {
      lengths[i] = 1 + random.nextInt(random.nextInt(5) == 0 ? 150_000 : 5_000);
      offsets[i] = random.nextInt(SIZE - lengths[i]);
      all.put(RawNbdClient.requestHeader(0, Command.READ, i, offsets[i], lengths[i]));
    }
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.structured()) {
      client.send(all.flip());
      for (int i = 0; i < requests; i++) {
        RawNbdClient.Chunk chunk = client.chunk();
        int at = (int) chunk.cookie();
        assertThat(chunk.buffer().getLong())
            .as("seed %d, request %d", seed, at)
            .isEqualTo(offsets[at]);
        byte[] data = Arrays.copyOfRange(chunk.payload(), 8, chunk.payload().length);
        assertThat(data)
            .as("seed %d, request %d", seed, at)
            .isEqualTo(Arrays.copyOfRange(contents, offsets[at], offsets[at] + lengths[at]));
        lengths[at] = -1; // must not be answered again
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 16, 40})
  void requestsInProgressReachTheLimitAndDoNotExceedIt(int threads) throws Exception {
    WatchedDevice.Meter meter = new WatchedDevice.Meter();
    FaultPlan plan = new FaultPlan();
    HeldCall gate = plan.holdNth(Operation.READ, 1);
    WatchedDevice device =
        new WatchedDevice(
            new FaultyDevice(new ModelDevice(SIZE), plan),
            meter,
            nth -> {
              if (nth > 1) { // the gate holds the first; these wait for the limit
                gate.awaitArrival();
                while (meter.maximum() < threads) {
                  Thread.onSpinWait();
                  LockSupport.parkNanos(100_000);
                }
              }
            });
    try (TestServer server =
            TestServer.serve(TestPlugin.of(device), options -> options.threads = threads);
        RawNbdClient client = server.simple()) {
      for (int i = 0; i < 100; i++) {
        client.request(0, Command.READ, i, i, 512);
      }
      await().atMost(TestServer.TIMEOUT).until(() -> meter.maximum() >= threads);
      gate.release();
      for (int i = 0; i < 100; i++) {
        assertThat(client.simpleReply().error()).isZero();
        client.receive(512);
      }
      assertThat(meter.maximum()).isEqualTo(threads);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PARALLEL, 1, 600",
    "PARALLEL, 1, 50",
    "PARALLEL, 3, 50",
    "SERIALIZE_REQUESTS, 16, 600",
    "SERIALIZE_REQUESTS, 16, 50",
    "SERIALIZE_CONNECTIONS, 16, 50"
  })
  void aDeviceOfVaryingSpeedNeverGetsTooManyCalls(ThreadModel model, int threads, int burst)
      throws Exception {
    WatchedDevice.Meter meter = new WatchedDevice.Meter();
    WatchedDevice device =
        new WatchedDevice(
            new ModelDevice(SIZE),
            meter,
            nth -> {
              if (nth % 100 < 5) {
                LockSupport.parkNanos(5_000_000);
              } else {
                Thread.yield();
              }
            });
    TestPlugin plugin = TestPlugin.of(device).withModel(model);
    int requests = 600;
    ByteBuffer all = ByteBuffer.allocate(burst * 28);
    for (int i = 0; i < burst; i++) {
      all.put(RawNbdClient.requestHeader(0, Command.READ, i, i, 64));
    }
    try (TestServer server = TestServer.serve(plugin, options -> options.threads = threads);
        RawNbdClient client = server.simple()) {
      for (int i = 0; i < requests; i++) {
        if (i % burst == 0) {
          client.send(all.flip());
        }
        assertThat(client.simpleReply().error()).isZero();
        client.receive(64);
      }
      assertThat(meter.maximum()).isLessThanOrEqualTo(model == ThreadModel.PARALLEL ? threads : 1);
      assertThat(meter.calls()).isEqualTo(requests);
    }
  }

  @Test
  void aSlowCallThatFailsIsAnsweredAndTheConnectionContinues() throws Exception {
    FaultPlan plan = new FaultPlan();
    HeldCall gate = plan.holdNth(Operation.FLUSH, 1);
    WatchedDevice.Meter meter = new WatchedDevice.Meter();
    WatchedDevice device =
        new WatchedDevice(
            new FaultyDevice(new ModelDevice(SIZE), plan),
            meter,
            nth -> {
              if (nth == 1) {
                gate.awaitArrival();
                throw new IllegalStateException("a bug");
              }
            });
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, 1, 0, 512); // waits until the flush is in its call
      await().atMost(TestServer.TIMEOUT).until(() -> meter.calls() == 1);
      client.request(0, Command.FLUSH, 2, 0, 0);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(5, 1));
      gate.release();
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 2));
      client.request(0, Command.READ, 3, 0, 512);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 3));
    }
  }
}
