package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.protocol.Command;
import org.nbdcore.server.memory.ConnectionBudget;
import org.nbdcore.server.transmission.Receiver;
import org.nbdcore.spi.ThreadModel;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/**
 * Clients that read no replies, or do not send the payload that they announced, do not affect
 * others.
 */
@Timeout(120)
final class StalledClientsTest {

  private static final int LARGEST = 64 << 20;

  /** A device that is slow enough for the server to use workers. */
  private static WatchedDevice slow(WatchedDevice.Meter meter) {
    return new WatchedDevice(new EndlessDevice(), meter, nth -> LockSupport.parkNanos(1_000_000));
  }

  /** Sends requests until the server takes no more; returns how many. */
  private static int flood(RawNbdClient client, int command, int length) throws IOException {
    client.timeout(Duration.ofMillis(500));
    ByteBuffer requests = ByteBuffer.allocate(100 * 28);
    for (int i = 0; i < 100; i++) {
      requests.put(RawNbdClient.requestHeader(0, command, i, 0, length));
    }
    int sent = 0;
    try {
      while (sent < 200_000) {
        client.send(requests.rewind());
        sent += 100;
      }
    } catch (SocketTimeoutException e) {
      return sent;
    }
    throw new AssertionError("the server took 200,000 requests without an answer read");
  }

  private static void assertServed(TestServer server) throws IOException {
    try (RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, 1, 512, 4096);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(client.receive(4096)).isEqualTo(EndlessDevice.contents(512, 4096));
    }
  }

  @Test
  void theServerStopsReadingFromAClientThatReadsNoReplies() throws Exception {
    try (TestServer server = TestServer.serve(new EndlessDevice());
        RawNbdClient client = server.simple()) {
      flood(client, Command.READ, 4096);
      assertServed(server);
      assertThat(server.server.memoryInUse()).isLessThan(ConnectionBudget.MAX_BYTES);
      client.drop();
      server.awaitNoConnection();
    }
  }

  @Test
  void unreadRepliesOfASlowDeviceAreBoundedInMemory() throws Exception {
    WatchedDevice.Meter meter = new WatchedDevice.Meter();
    try (TestServer server = TestServer.serve(slow(meter));
        RawNbdClient client = server.simple()) {
      flood(client, Command.READ, LARGEST);
      long buffers = 2 * Receiver.SLAB; // of the connection, for input and replies
      assertThat(server.server.memoryInUse())
          .isLessThanOrEqualTo(ConnectionBudget.MAX_BYTES + buffers);
      assertServed(server);
      client.drop();
      server.awaitNoConnection();
      assertThat(meter.calls()).isLessThan(50);
    }
  }

  @Test
  void unreadRepliesWithoutDataAreBoundedInNumber() throws Exception {
    WatchedDevice.Meter meter = new WatchedDevice.Meter();
    ModelDevice model = new ModelDevice(4096);
    WatchedDevice device = new WatchedDevice(model, meter, nth -> LockSupport.parkNanos(200_000));
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      flood(client, Command.CACHE, 512);
      server.structured().close(); // others are served
      client.drop();
      server.awaitNoConnection();
    }
  }

  /** A check to make while hostile clients hold nearly all memory. */
  private interface Others {
    void served(TestServer server) throws IOException;
  }

  /** A request that is as large as theirs gets its memory, in the end. */
  private static void assertLargeRequestServed(TestServer server) throws IOException {
    try (RawNbdClient client = server.simple()) {
      client.request(0, Command.READ, 1, 0, LARGEST);
      client.timeout(Duration.ofSeconds(60));
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      client.receive(LARGEST);
    }
  }

  /** Waits until no more memory is in use than for what has arrived. */
  private static void awaitMemoryInUse(TestServer server, long maximum) {
    await().atMost(TestServer.TIMEOUT).until(() -> server.server.memoryInUse() <= maximum);
  }

  @Test
  void unsentPayloadsTakeMemoryOnlyForTheBytesThatArrived() throws Exception {
    List<RawNbdClient> hostile = new ArrayList<>();
    try (TestServer server = TestServer.serve(new EndlessDevice())) {
      for (int i = 0; i < 20; i++) {
        RawNbdClient client = server.simple();
        client.send(RawNbdClient.requestHeader(0, Command.WRITE, 1, 0, LARGEST));
        client.send(new byte[8192]);
        hostile.add(client);
      }
      awaitMemoryInUse(server, 20 * 16384);
      assertLargeRequestServed(server);
      for (RawNbdClient client : hostile) {
        client.drop();
      }
      server.awaitNoConnection();
    }
  }

  @Test
  void aWriteThatArrivesSlowlyKeepsItsData() throws Exception {
    ModelDevice model = new ModelDevice(4 << 20);
    byte[] data = EndlessDevice.contents(3, (4 << 20) - 512);
    try (TestServer server = TestServer.serve(model);
        RawNbdClient client = server.simple()) {
      client.send(RawNbdClient.requestHeader(0, Command.WRITE, 1, 512, data.length));
      int[] ends = {1000, 9000, 140_000, 300_000, 3_000_000, data.length};
      int from = 0;
      for (int end : ends) {
        client.send(Arrays.copyOfRange(data, from, end));
        from = end;
        if (end < 1 << 20) {
          awaitMemoryInUse(server, 2L * Math.max(end, 4096));
        }
      }
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      client.request(0, Command.READ, 2, 512, data.length);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 2));
      assertThat(client.receive(data.length)).isEqualTo(data);
    }
  }

  @Test
  void incompleteRequestsTakeMemoryOnlyForTheBytesThatArrived() throws Exception {
    ModelDevice model = new ModelDevice(1 << 20);
    byte[] data = EndlessDevice.contents(7, 100_000);
    byte[] header = RawNbdClient.requestHeader(0, Command.WRITE, 1, 0, data.length).array();
    try (TestServer server = TestServer.serve(model);
        RawNbdClient client = server.simple()) {
      client.send(Arrays.copyOf(header, 24));
      awaitMemoryInUse(server, 0);
      client.send(Arrays.copyOfRange(header, 24, 28));
      client.send(Arrays.copyOf(data, 5000));
      awaitMemoryInUse(server, 8192);
      client.send(Arrays.copyOfRange(data, 5000, 20_000));
      awaitMemoryInUse(server, 32_768);
      client.send(Arrays.copyOfRange(data, 20_000, data.length));
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      client.request(0, Command.READ, 2, 0, data.length);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 2));
      assertThat(client.receive(data.length)).isEqualTo(data);
    }
  }

  @Test
  void unreadRepliesDoNotBlockOtherClients() throws Exception {
    ignoringReplies(StalledClientsTest::assertServed);
  }

  @Test
  @Tag("long")
  void theMemoryOfUnreadRepliesIsReclaimedInTheEnd() throws Exception {
    ignoringReplies(StalledClientsTest::assertLargeRequestServed);
  }

  private static void ignoringReplies(Others others) throws Exception {
    List<RawNbdClient> hostile = new ArrayList<>();
    WatchedDevice.Meter meter = new WatchedDevice.Meter();
    try (TestServer server = TestServer.serve(slow(meter))) {
      for (int i = 0; i < 8; i++) {
        RawNbdClient client = server.simple();
        for (int j = 0; j < 20; j++) {
          client.request(0, Command.READ, j, 0, LARGEST);
        }
        hostile.add(client);
      }
      await().atMost(TestServer.TIMEOUT).until(() -> server.server.memoryInUse() > 3L * LARGEST);
      others.served(server);
      for (RawNbdClient client : hostile) {
        client.drop();
      }
      server.awaitNoConnection();
    }
  }

  @Test
  void manyLargeRequestsOfOneConnectionAreAllServed() throws Exception {
    WatchedDevice.Meter meter = new WatchedDevice.Meter();
    TestPlugin plugin = TestPlugin.of(slow(meter)).withModel(ThreadModel.SERIALIZE_REQUESTS);
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = server.simple()) {
      byte[] data = EndlessDevice.contents(0, 8 << 20);
      for (int i = 0; i < 5; i++) {
        client.request(0, Command.READ, i, 0, 512); // the server learns that the device is slow
      }
      for (int i = 0; i < 6; i++) {
        client.request(0, Command.READ, 100 + i, 0, LARGEST);
      }
      for (int i = 0; i < 5; i++) {
        assertThat(client.simpleReply().error()).isZero();
        client.receive(512);
      }
      for (int i = 0; i < 6; i++) {
        assertThat(client.simpleReply().error()).isZero();
        client.receive(LARGEST);
      }
      for (int i = 0; i < 25; i++) {
        client.request(0, Command.WRITE, 200 + i, 0, data);
      }
      for (int i = 0; i < 25; i++) {
        assertThat(client.simpleReply().error()).isZero();
      }
    }
  }
}
