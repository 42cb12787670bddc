package org.nbdcore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.Command;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;

/** Calls that do not wait for their replies, and what becomes of those that are given up. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("newest")
final class AsyncClientTest {

  private static final int IN_FLIGHT = 64;
  private static final int BLOCK = 512;
  private static final VarHandle BYTES = MethodHandles.arrayElementVarHandle(byte[].class);

  private static byte[] block(int value) {
    byte[] block = new byte[BLOCK];
    Arrays.fill(block, (byte) value);
    return block;
  }

  private static void data(Peer peer, Peer.Request request, int value) throws IOException {
    peer.chunkHeader(1, 1, request.cookie(), BLOCK + 8);
    peer.out.writeLong(request.offset());
    peer.out.write(block(value));
    peer.out.flush();
  }

  @Test
  void manyReadsAreInFlightAtOnceAndAnsweredInAnyOrder() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          List<Peer.Request> requests = new ArrayList<>();
          for (int i = 0; i < IN_FLIGHT; i++) {
            requests.add(peer.readRequest());
          }
          Collections.shuffle(requests, new Random(1));
          for (Peer.Request request : requests) {
            data(peer, request, (int) (request.offset() / BLOCK));
          }
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      List<ByteBuffer> buffers = new ArrayList<>();
      List<CompletableFuture<Void>> reads = new ArrayList<>();
      for (int i = 0; i < IN_FLIGHT; i++) {
        ByteBuffer buffer = ByteBuffer.allocate(BLOCK);
        buffers.add(buffer);
        reads.add(client.readAsync(buffer, (long) i * BLOCK));
      }
      for (int i = 0; i < IN_FLIGHT; i++) {
        reads.get(i).get();
        assertThat(buffers.get(i).hasRemaining()).isFalse();
        assertThat(buffers.get(i).array()).isEqualTo(block(i));
      }
    }
  }

  /** The server sends the reply all the same. */
  @Test
  void theReplyToACancelledReadIsSkippedAndTheBufferLeftAlone() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          Peer.Request first = peer.readRequest();
          cancelled.await();
          data(peer, first, 1);
          data(peer, peer.readRequest(), 2);
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
      assertThat(next.array()).isEqualTo(block(2));
      assertThatThrownBy(read::get).isInstanceOf(CancellationException.class);
      assertThat(buffer).isEqualTo(ByteBuffer.allocate(BLOCK));
    }
  }

  @Test
  void aReadWhoseReplyIsArrivingIsNotCancelled() throws Exception {
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
  void orTimeoutOfTheJdkGivesUpAReadToo() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          Peer.Request first = peer.readRequest();
          late.await();
          data(peer, first, 1);
          data(peer, peer.readRequest(), 2);
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
  void whatTakesTooLongFailsAloneAndItsLateReplyIsSkipped() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          List<Peer.Request> ignored = List.of(peer.readRequest(), peer.readRequest());
          late.await();
          for (Peer.Request request : ignored) {
            data(peer, request, 1);
          }
          while (true) {
            data(peer, peer.readRequest(), 2);
          }
        };
    ConnectOptions options = ConnectOptions.defaults().withRequestTimeout(Duration.ofMillis(200));
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri(), options)) {
      byte[] bytes = new byte[BLOCK];
      CompletableFuture<Void> read = client.readAsync(ByteBuffer.wrap(bytes), 0);
      assertThatThrownBy(() -> client.read(ByteBuffer.wrap(bytes), BLOCK))
          .isInstanceOfSatisfying(NbdClientException.class, AsyncClientTest::timedOut)
          .hasMessage("read of 512 bytes at offset 512: no reply within 0.2 seconds");
      assertThatThrownBy(read::get)
          .cause()
          .isInstanceOfSatisfying(NbdClientException.class, AsyncClientTest::timedOut);
      late.countDown();
      byte[] next = new byte[BLOCK];
      while (next[0] == 0) { // a slow machine may need several attempts
        try {
          client.read(ByteBuffer.wrap(next), 0);
        } catch (NbdClientException e) {
          timedOut(e);
        }
      }
      assertThat(next).isEqualTo(block(2));
      assertThat(bytes).containsOnly(0);
    }
  }

  private static void timedOut(NbdClientException failure) {
    assertThat(failure.timedOut()).as("%s", failure).isTrue();
    assertThat(failure.connectionLost()).isFalse();
    assertThat(failure.error()).isEmpty();
  }

  @Test
  void aReplyThatIsNeverFinishedEndsTheConnection() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          Peer.Request request = peer.readRequest();
          peer.chunkHeader(1, 1, request.cookie(), BLOCK + 8);
          peer.out.writeLong(0);
          peer.out.write(block(7), 0, 100);
          peer.out.flush();
          over.await();
        };
    ConnectOptions options = ConnectOptions.defaults().withRequestTimeout(Duration.ofMillis(1500));
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri(), options)) {
      CompletableFuture<Void> read = client.readAsync(ByteBuffer.allocate(BLOCK), 0);
      // on a very slow machine the reply may begin too late, and the read then times out
      assertThatThrownBy(read::get)
          .cause()
          .hasMessageMatching(".*(the server stopped within a reply|no reply within 1.5 seconds)");
      over.countDown();
    }
  }

  @Test
  void aServerThatTakesNoDataEndsTheConnection() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1L << 30);
          over.await();
        };
    ConnectOptions options = ConnectOptions.defaults().withRequestTimeout(Duration.ofMillis(200));
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri(), options)) {
      CompletableFuture<Void> write =
          client.writeAsync(ByteBuffer.allocateDirect(32 << 20), 0, Flags.NONE);
      assertThatThrownBy(write::get).isInstanceOf(ExecutionException.class);
      assertThatThrownBy(client::flush)
          .hasMessageContaining("the server took no data for 0.2 seconds");
      over.countDown();
    }
  }

  @Test
  void everyFutureFailsWhenTheServerHangsUp() throws Exception {
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

  @Test
  void errorsOfTheServerAndRefusalsAreThoseOfTheSpi() throws Exception {
    MemoryExport export = new MemoryExport(1 << 20);
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      CompletableFuture<Void> write =
          client.writeAsync(ByteBuffer.allocate(2), (1 << 20) - 1, Flags.NONE);
      assertThat(write).isCompletedExceptionally();
      assertThatThrownBy(write::get)
          .cause()
          .isInstanceOfSatisfying(
              NbdClientException.class, e -> assertThat(e.error()).contains(NbdError.ENOSPC));
      assertThat(export.requests).isEmpty();
      assertThatThrownBy(() -> client.trimAsync(0, 1, Flags.REQ_ONE))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void completionsMayCallTheClientAgain() throws Exception {
    MemoryExport export = new MemoryExport(1 << 20);
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      ByteBuffer buffer = ByteBuffer.allocate(BLOCK);
      CompletableFuture<Void> copied =
          client
              .writeAsync(ByteBuffer.wrap(block(3)), 0, Flags.NONE)
              .thenRun(() -> blockingRead(client, buffer))
              .thenCompose(done -> client.writeAsync(buffer.flip(), BLOCK, Flags.FUA))
              .thenCompose(done -> client.zeroAsync(0, BLOCK, Flags.MAY_TRIM));
      copied.get();
      assertThat(Arrays.copyOfRange(export.disk, 0, 2 * BLOCK))
          .isEqualTo(
              Arrays.copyOf(
                  ByteBuffer.allocate(2 * BLOCK).put(BLOCK, block(3)).array(), 2 * BLOCK));
      List<String> extents = Collections.synchronizedList(new ArrayList<>());
      client
          .blockStatusAsync(
              0, BLOCK, Flags.REQ_ONE, (context, at, length, flags) -> extents.add(context))
          .get();
      assertThat(extents).containsExactly("base:allocation");
      client.cacheAsync(0, BLOCK).get();
    }
  }

  private static void blockingRead(NbdClient client, ByteBuffer buffer) {
    try {
      client.read(buffer, 0);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void aLongRangeIsOneFutureOfSeveralRequests() throws Exception {
    List<Peer.Request> requests = Collections.synchronizedList(new ArrayList<>());
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(10L << 30);
          for (int i = 0; i < 3; i++) {
            requests.add(peer.readRequest());
          }
          for (Peer.Request request : requests) {
            peer.simple(request.cookie(), 0, new byte[0]);
          }
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      client.zeroAsync(0, 10L << 30, Flags.MAY_TRIM).get();
      assertThat(requests).extracting(Peer.Request::command).containsOnly(Command.WRITE_ZEROES);
    }
  }

  @Test
  void completionsRunOnTheExecutorOfTheProgramAndEvenAfterItHasEnded() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "mine"));
    MemoryExport export = new MemoryExport(1 << 20);
    ConnectOptions options = ConnectOptions.defaults().withExecutor(executor);
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri(), options)) {
      CompletableFuture<String> name = new CompletableFuture<>();
      client.blockStatusAsync(
          0,
          BLOCK,
          Flags.NONE,
          (context, at, length, flags) -> name.complete(Thread.currentThread().getName()));
      assertThat(name.get()).isEqualTo("mine");
      executor.shutdown();
      client.flushAsync().get();
    }
  }

  /** The lead over the replies passes from blocking threads to the reply thread. */
  @Test
  void blockingAndAsynchronousCallsShareAConnection() throws Exception {
    MemoryExport export = new MemoryExport(1 << 20);
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      List<CompletableFuture<Void>> threads = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int number = t;
        threads.add(
            CompletableFuture.runAsync(() -> exercise(client, number), AsyncClientTest::run));
      }
      for (CompletableFuture<Void> thread : threads) {
        thread.get();
      }
    }
  }

  private static void run(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }

  private static void exercise(NbdClient client, int number) {
    Random random = new Random(number);
    long base = (long) number << 16;
    try {
      for (int i = 0; i < 200; i++) {
        long offset = base + random.nextInt(64) * BLOCK;
        ByteBuffer src = ByteBuffer.wrap(block(i));
        ByteBuffer dst = ByteBuffer.allocate(BLOCK);
        boolean async = i > 20 && random.nextBoolean();
        if (async) {
          client.writeAsync(src, offset, Flags.NONE).get();
          client.readAsync(dst, offset).get();
        } else {
          client.write(src, offset);
          client.read(dst, offset);
        }
        assertThat(dst.array()).as("seed %d, step %d", number, i).isEqualTo(block(i));
      }
    } catch (IOException | ExecutionException | InterruptedException e) {
      throw new CompletionException(e);
    }
  }
}
