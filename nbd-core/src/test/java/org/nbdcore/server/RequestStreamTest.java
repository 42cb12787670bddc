package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.Limits;
import org.nbdcore.spi.Session;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.HeldCall;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;
import org.nbdcore.testkit.RawNbdClient;
import org.nbdcore.testkit.RawNbdClient.SimpleReply;

/** How requests may be split into packets, and the ways in which a client may end a connection. */
final class RequestStreamTest {

  private static final int SIZE = 1 << 20;

  private static ByteBuffer write(long cookie, long offset, byte[] data) {
    ByteBuffer request = ByteBuffer.allocate(Limits.REQUEST_HEADER + data.length);
    request.put(RawNbdClient.requestHeader(0, Command.WRITE, cookie, offset, data.length));
    return request.put(data).flip();
  }

  private static byte[] random(int length, long seed) {
    byte[] data = new byte[length];
    new Random(seed).nextBytes(data);
    return data;
  }

  @Test
  void manyRequestsMayShareAPacket() throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    int requests = 1000;
    ByteBuffer all = ByteBuffer.allocate(requests * (Limits.REQUEST_HEADER + 100));
    for (int i = 0; i < requests; i++) {
      all.put(write(i, i * 100, random(100, i)));
    }
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      client.send(all.flip());
      boolean[] answered = new boolean[requests];
      for (int i = 0; i < requests; i++) {
        SimpleReply reply = client.simpleReply();
        assertThat(reply.error()).isZero();
        assertThat(answered[(int) reply.cookie()]).isFalse();
        answered[(int) reply.cookie()] = true;
      }
      for (int i = 0; i < requests; i++) {
        assertThat(Arrays.copyOfRange(device.contents(), i * 100, i * 100 + 100))
            .isEqualTo(random(100, i));
      }
    }
  }

  @Test
  void aRequestMayBeSplitAtAnyByte() throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    byte[] data = random(40, 3);
    ByteBuffer request = write(1, 5, data);
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      for (int cut = 1; cut < request.capacity(); cut++) {
        client.send(request.duplicate().limit(cut));
        Thread.yield();
        client.send(request.duplicate().position(cut));
        assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      }
      while (request.hasRemaining()) {
        client.send(request.get());
      }
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(Arrays.copyOfRange(device.contents(), 5, 45)).isEqualTo(data);
    }
  }

  @Test
  void requestsAroundTheServersBufferSizesKeepTheirData() throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    int[] lengths = {
      32767, 32768, 32769, 131_043, 131_044, 131_045, 131_071, 131_072, 131_073, 300_000
    };
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      for (int length : lengths) {
        byte[] data = random(length, length);
        client.send(write(length, 9, data));
        client.request(0, Command.FLUSH, 1, 0, 0);
        assertThat(client.simpleReply().error()).isZero();
        assertThat(client.simpleReply().error()).isZero();
        client.request(0, Command.READ, 2, 9, length);
        assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 2));
        assertThat(client.receive(length)).as(length + " bytes").isEqualTo(data);
      }
    }
  }

  @Test
  void theLargestRequestsAreServedAndLargerOnesRefused() throws Exception {
    int maximum = 64 << 20;
    TestPlugin plugin = TestPlugin.of(new EndlessDevice());
    try (TestServer server = TestServer.serve(plugin);
        RawNbdClient client = server.simple()) {
      byte[] piece = new byte[1 << 20];
      client.send(RawNbdClient.requestHeader(0, Command.WRITE, 1, 0, maximum + 512));
      for (int i = 0; i < maximum; i += piece.length) {
        client.send(piece);
      }
      client.send(new byte[512]);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(ErrorValue.EINVAL, 1));
      client.send(RawNbdClient.requestHeader(0, Command.WRITE, 2, 512, maximum));
      for (int i = 0; i < maximum; i += piece.length) {
        client.send(EndlessDevice.contents(512 + i, piece.length));
      }
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 2));
      client.request(0, Command.READ, 3, 1024, maximum);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 3));
      for (int i = 0; i < maximum; i += piece.length) {
        assertThat(
                Arrays.equals(
                    client.receive(piece.length), EndlessDevice.contents(1024 + i, piece.length)))
            .isTrue();
      }
      client.request(0, Command.READ, 4, 0, maximum + 1);
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(ErrorValue.EINVAL, 4));
    }
  }

  @Test
  void discAnswersOutstandingRequestsAndCloses() throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    FaultPlan plan = new FaultPlan();
    HeldCall gate = plan.holdNth(Operation.WRITE, 1);
    try (TestServer server = TestServer.serve(new FaultyDevice(device, plan));
        RawNbdClient client = server.simple()) {
      client.send(write(1, 0, random(100, 1)));
      client.request(0, Command.READ, 2, 0, 1);
      client.request(0, Command.DISC, 3, 0, 0);
      gate.awaitArrival();
      gate.release();
      for (int i = 0; i < 2; i++) {
        SimpleReply reply = client.simpleReply();
        assertThat(reply.error()).isZero();
        if (reply.cookie() == 2) {
          client.receive(1);
        }
      }
      assertThat(client.closedByServer()).isTrue();
      assertThat(device.calls(Operation.WRITE)).hasSize(1);
    }
  }

  @Test
  void endOfStreamBetweenRequestsAnswersOutstandingRequests() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(SIZE));
        RawNbdClient client = server.simple()) {
      for (int i = 0; i < 100; i++) {
        client.request(0, Command.FLUSH, i, 0, 0);
      }
      client.shutdownOutput();
      for (int i = 0; i < 100; i++) {
        assertThat(client.simpleReply().error()).isZero();
      }
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 27, 28, 29, 200, 200_000})
  void endOfStreamWithinARequestAnswersTheRequestsBeforeIt(int bytes) throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    ByteBuffer cut = write(9, 0, new byte[300_000]).limit(bytes);
    try (TestServer server = TestServer.serve(device);
        RawNbdClient client = server.simple()) {
      ByteBuffer all = ByteBuffer.allocate(200 + bytes);
      client.send(all.put(write(1, 4096, new byte[100])).put(cut).flip());
      client.shutdownOutput();
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(client.closedByServer()).isTrue();
      assertThat(device.calls(Operation.WRITE)).hasSize(1);
    }
  }

  @Test
  void slowRequestsBeforeATruncatedOneAreStillAnswered() throws Exception {
    FaultPlan plan = new FaultPlan();
    HeldCall gate = plan.holdNth(Operation.FLUSH, 1);
    try (TestServer server = TestServer.serve(new FaultyDevice(new ModelDevice(SIZE), plan));
        RawNbdClient client = server.simple()) {
      client.request(0, Command.FLUSH, 1, 0, 0);
      gate.awaitArrival();
      client.request(0, Command.CACHE, 2, 0, 512);
      client.send(write(9, 0, new byte[300_000]).limit(5000));
      client.shutdownOutput();
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 2));
      Session session = server.plugin.devices.requests().get(0).session();
      await().atMost(TestServer.TIMEOUT).until(() -> !session.connected());
      gate.release();
      assertThat(client.simpleReply()).isEqualTo(new SimpleReply(0, 1));
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void aRequestWithAWrongMagicEndsTheConnection() throws Exception {
    try (TestServer server = TestServer.serve(new ModelDevice(SIZE));
        RawNbdClient client = server.simple()) {
      ByteBuffer request = RawNbdClient.requestHeader(0, Command.READ, 1, 0, 512);
      client.send(request.putInt(0, 0x12560953));
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 28, 5000, 150_000})
  void aClientThatVanishesWithinAWriteLeavesNothingBehind(int bytes) throws Exception {
    ModelDevice device = new ModelDevice(SIZE);
    try (TestServer server = TestServer.serve(device)) {
      RawNbdClient client = server.simple();
      client.send(write(9, 0, new byte[300_000]).limit(bytes));
      client.drop();
      server.awaitNoConnection();
      assertThat(device.calls()).isEmpty();
    }
  }

  @Test
  void aClientThatVanishesDuringACallDoesNotAffectOthers() throws Exception {
    FaultPlan plan = new FaultPlan();
    HeldCall gate = plan.holdNth(Operation.READ, 1);
    try (TestServer server = TestServer.serve(new FaultyDevice(new ModelDevice(SIZE), plan));
        RawNbdClient other = server.simple()) {
      RawNbdClient client = server.simple();
      client.request(0, Command.READ, 1, 0, 100_000);
      gate.awaitArrival();
      client.drop();
      other.request(0, Command.READ, 2, 0, 1);
      assertThat(other.simpleReply()).isEqualTo(new SimpleReply(0, 2));
      gate.release();
      await().atMost(TestServer.TIMEOUT).until(() -> server.plugin.devices.open() == 1);
    }
  }
}
