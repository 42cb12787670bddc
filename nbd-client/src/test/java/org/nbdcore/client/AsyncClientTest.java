package org.nbdcore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.Command;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;

/** Calls that do not wait for their replies. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("newest")
final class AsyncClientTest {

  private static final int IN_FLIGHT = 64;
  private static final int BLOCK = Blocks.SIZE;

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
            Blocks.send(peer, request, (int) (request.offset() / BLOCK));
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
        assertThat(buffers.get(i).array()).isEqualTo(Blocks.of(i));
      }
    }
  }

  @Test
  void invalidRequestsAreRefusedAndNotSent() throws Exception {
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
  void completionsMayCallTheClient() throws Exception {
    MemoryExport export = new MemoryExport(1 << 20);
    try (ScriptedServer server = new ScriptedServer(export);
        NbdClient client = NbdClient.connect(server.uri())) {
      ByteBuffer buffer = ByteBuffer.allocate(BLOCK);
      CompletableFuture<Void> copied =
          client
              .writeAsync(ByteBuffer.wrap(Blocks.of(3)), 0, Flags.NONE)
              .thenRun(() -> blockingRead(client, buffer))
              .thenCompose(done -> client.writeAsync(buffer.flip(), BLOCK, Flags.FUA))
              .thenCompose(done -> client.zeroAsync(0, BLOCK, Flags.MAY_TRIM));
      copied.get();
      assertThat(Arrays.copyOfRange(export.disk, 0, 2 * BLOCK))
          .isEqualTo(
              Arrays.copyOf(
                  ByteBuffer.allocate(2 * BLOCK).put(BLOCK, Blocks.of(3)).array(), 2 * BLOCK));
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
  void completionsRunOnTheGivenExecutorAndAlsoAfterItsShutdown() throws Exception {
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

  /** The task of reading replies passes from blocking threads to the reply thread. */
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
        ByteBuffer src = ByteBuffer.wrap(Blocks.of(i));
        ByteBuffer dst = ByteBuffer.allocate(BLOCK);
        boolean async = i > 20 && random.nextBoolean();
        if (async) {
          client.writeAsync(src, offset, Flags.NONE).get();
          client.readAsync(dst, offset).get();
        } else {
          client.write(src, offset);
          client.read(dst, offset);
        }
        assertThat(dst.array()).as("seed %d, step %d", number, i).isEqualTo(Blocks.of(i));
      }
    } catch (IOException | ExecutionException | InterruptedException e) {
      throw new CompletionException(e);
    }
  }
}
