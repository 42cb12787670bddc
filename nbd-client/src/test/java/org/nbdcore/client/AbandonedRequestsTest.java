package org.nbdcore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.spi.Flags;

/** Requests that are cancelled, that take too long, or whose connection ends. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("newest")
final class AbandonedRequestsTest {

  private static final int BLOCK = Blocks.SIZE;
  private static final VarHandle BYTES = MethodHandles.arrayElementVarHandle(byte[].class);

  /** The server sends the reply all the same. */
  @Test
  void theReplyToACancelledReadIsSkippedAndItsBufferUnchanged() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          Peer.Request first = peer.readRequest();
          cancelled.await();
          Blocks.send(peer, first, 1);
          Blocks.send(peer, peer.readRequest(), 2);
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
      CompletableFuture<Void> read = client.readAsync(buffer, 0);
      assertThat(read.cancel(true)).isTrue();
      assertThat(read.cancel(true)).isTrue();
      cancelled.countDown();
      ByteBuffer next = ByteBuffer.allocate(BLOCK);
      client.readAsync(next, BLOCK).get();
      assertThat(next.array()).isEqualTo(Blocks.of(2));
      assertThatThrownBy(read::get).isInstanceOf(CancellationException.class);
      assertThat(buffer).isEqualTo(ByteBuffer.allocate(BLOCK));
    }
  }

  @Test
  void aReadWhoseReplyIsArrivingCannotBeCancelled() throws Exception {
    int half = 1 << 16; // more than the client reads ahead
    CountDownLatch refused = new CountDownLatch(1);
    byte[] sent = new byte[2 * half];
    Arrays.fill(sent, (byte) 7);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          Peer.Request request = peer.readRequest();
          peer.chunkHeader(1, 1, request.cookie(), sent.length + 8);
          peer.out.writeLong(0);
          peer.out.write(sent, 0, half);
          peer.out.flush();
          refused.await();
          peer.out.write(sent, half, half);
          peer.out.flush();
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      byte[] bytes = new byte[2 * half];
      CompletableFuture<Void> read = client.readAsync(ByteBuffer.wrap(bytes), 0);
      while ((byte) BYTES.getVolatile(bytes, 0) == 0) {
        Thread.onSpinWait(); // before the first byte is stored, cancelling would succeed
      }
      assertThat(read.cancel(true)).isFalse();
      assertThat(read.completeExceptionally(new IOException())).isFalse();
      refused.countDown();
      read.get();
      assertThat(bytes).isEqualTo(sent);
    }
  }

  @Test
  void orTimeoutOfTheFutureAbandonsARead() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          Peer.Request first = peer.readRequest();
          late.await();
          Blocks.send(peer, first, 1);
          Blocks.send(peer, peer.readRequest(), 2);
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      byte[] bytes = new byte[BLOCK];
      CompletableFuture<Void> read =
          client.readAsync(ByteBuffer.wrap(bytes), 0).orTimeout(10, TimeUnit.MILLISECONDS);
      assertThatThrownBy(read::get).hasCauseInstanceOf(TimeoutException.class);
      late.countDown();
      client.read(ByteBuffer.allocate(BLOCK), BLOCK);
      assertThat(bytes).containsOnly(0);
    }
  }

  @Test
  void aRequestThatTimesOutFailsAloneAndItsLateReplyIsSkipped() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          List<Peer.Request> ignored = List.of(peer.readRequest(), peer.readRequest());
          late.await();
          for (Peer.Request request : ignored) {
            Blocks.send(peer, request, 1);
          }
          while (true) {
            Blocks.send(peer, peer.readRequest(), 2);
          }
        };
    ConnectOptions options = ConnectOptions.defaults().withRequestTimeout(Duration.ofMillis(200));
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri(), options)) {
      byte[] bytes = new byte[BLOCK];
      CompletableFuture<Void> read = client.readAsync(ByteBuffer.wrap(bytes), 0);
      assertThatThrownBy(() -> client.read(ByteBuffer.wrap(bytes), BLOCK))
          .isInstanceOfSatisfying(NbdClientException.class, AbandonedRequestsTest::timedOut)
          .hasMessage("read of 512 bytes at offset 512: no reply within 0.2 seconds");
      assertThatThrownBy(read::get)
          .cause()
          .isInstanceOfSatisfying(NbdClientException.class, AbandonedRequestsTest::timedOut);
      late.countDown();
      byte[] next = new byte[BLOCK];
      while (next[0] == 0) { // a slow machine may need several attempts
        try {
          client.read(ByteBuffer.wrap(next), 0);
        } catch (NbdClientException e) {
          timedOut(e);
        }
      }
      assertThat(next).isEqualTo(Blocks.of(2));
      assertThat(bytes).containsOnly(0);
    }
  }

  private static void timedOut(NbdClientException failure) {
    assertThat(failure.timedOut()).as("%s", failure).isTrue();
    assertThat(failure.connectionLost()).isFalse();
    assertThat(failure.error()).isEmpty();
  }

  @Test
  void anIncompleteReplyEndsTheConnection() throws Exception {
    CountDownLatch finished = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          Peer.Request request = peer.readRequest();
          peer.chunkHeader(1, 1, request.cookie(), BLOCK + 8);
          peer.out.writeLong(0);
          peer.out.write(Blocks.of(7), 0, 100);
          peer.out.flush();
          finished.await();
        };
    ConnectOptions options = ConnectOptions.defaults().withRequestTimeout(Duration.ofMillis(1500));
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri(), options)) {
      CompletableFuture<Void> read = client.readAsync(ByteBuffer.allocate(BLOCK), 0);
      // on a very slow machine the reply may begin too late, and the read then times out
      assertThatThrownBy(read::get)
          .cause()
          .hasMessageMatching(".*(the server stopped within a reply|no reply within 1.5 seconds)");
      finished.countDown();
    }
  }

  @Test
  void theConnectionEndsIfTheServerReadsNoData() throws Exception {
    CountDownLatch finished = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1L << 30);
          finished.await();
        };
    ConnectOptions options = ConnectOptions.defaults().withRequestTimeout(Duration.ofMillis(200));
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri(), options)) {
      CompletableFuture<Void> write =
          client.writeAsync(ByteBuffer.allocateDirect(32 << 20), 0, Flags.NONE);
      assertThatThrownBy(write::get).isInstanceOf(ExecutionException.class);
      assertThatThrownBy(client::flush)
          .hasMessageContaining("the server took no data for 0.2 seconds");
      finished.countDown();
    }
  }

  @Test
  void everyFutureFailsWhenTheServerDisconnects() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          peer.readRequest();
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      for (CompletableFuture<Void> future :
          List.of(
              client.readAsync(ByteBuffer.allocate(BLOCK), 0),
              client.trimAsync(0, BLOCK, Flags.NONE))) {
        assertThatThrownBy(future::get)
            .cause()
            .hasMessageContaining("got no reply: the server closed the connection")
            .isInstanceOfSatisfying(
                NbdClientException.class, e -> assertThat(e.connectionLost()).isTrue());
      }
      assertThatThrownBy(client.flushAsync()::get)
          .cause()
          .hasMessageContaining("the server closed the connection");
    }
  }
}
