package org.nbdcore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.client.fake.Peer;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;

/** Requests in flight when a request fails or the connection ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ConnectionLossTest {

  private static final int THREADS = 16;

  @Test
  void repliesInReverseOrderReachTheirThreads() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          List<Peer.Request> requests = new ArrayList<>();
          for (int i = 0; i < THREADS; i++) {
            requests.add(peer.readRequest());
          }
          for (int i = THREADS - 1; i >= 0; i--) {
            Peer.Request request = requests.get(i);
            if (request.offset() % 2 == 0) {
              peer.simple(request.cookie(), 0, new byte[0]);
            } else {
              peer.error(request.cookie(), ErrorValue.EIO, "odd " + request.offset());
            }
          }
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      List<CompletableFuture<Void>> calls = trims(client);
      for (int i = 0; i < THREADS; i++) {
        CompletableFuture<Void> call = calls.get(i);
        if (i % 2 == 0) {
          call.get();
        } else {
          assertThatThrownBy(call::get)
              .cause()
              .hasMessage("trim of 1 bytes at offset %d: input/output error (EIO): odd %d", i, i)
              .isInstanceOfSatisfying(
                  NbdClientException.class,
                  e -> {
                    assertThat(e.error()).contains(NbdError.EIO);
                    assertThat(e.connectionLost()).isFalse();
                  });
        }
      }
    }
  }

  @Test
  void everyRequestInFlightFailsWhenTheServerDisconnects() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          for (int i = 0; i < THREADS; i++) {
            peer.readRequest();
          }
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      for (CompletableFuture<Void> call : trims(client)) {
        assertConnectionLost(call, "got no reply: the server closed the connection");
      }
      assertThatThrownBy(() -> client.trim(0, 1, Flags.NONE))
          .hasMessageContaining("trim of 1 bytes at offset 0 on " + server.uri())
          .hasMessageContaining("the server closed the connection");
    }
  }

  @Test
  void closeFailsTheRequestsInFlight() throws Exception {
    CountDownLatch arrived = new CountDownLatch(THREADS);
    CountDownLatch finished = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          for (int i = 0; i < THREADS; i++) {
            peer.readRequest();
            arrived.countDown();
          }
          finished.await();
        };
    try (ScriptedServer server = new ScriptedServer(script)) {
      NbdClient client = NbdClient.connect(server.uri());
      List<CompletableFuture<Void>> calls = trims(client);
      arrived.await();
      client.close();
      client.close();
      for (CompletableFuture<Void> call : calls) {
        assertConnectionLost(call, "the connection was closed on this side");
      }
      finished.countDown();
    }
  }

  @Test
  void theClientSendsDiscAfterEshutdown() throws Exception {
    CompletableFuture<Peer.Request> last = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          peer.error(peer.readRequest().cookie(), ErrorValue.ESHUTDOWN, "bye");
          last.complete(peer.readRequest());
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      assertThatThrownBy(client::flush).hasMessageContaining("(ESHUTDOWN): bye");
      assertThat(last.get().command()).isEqualTo(Command.DISC);
      assertThatThrownBy(client::flush).hasMessageContaining("ESHUTDOWN");
    }
  }

  @Test
  void aThreadThatIsInterruptedBeforeACallStaysInterruptedAndIsServed() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(1 << 20);
          peer.simple(peer.readRequest().cookie(), 0, new byte[0]);
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      Thread.currentThread().interrupt();
      try {
        client.flush();
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
    }
  }

  @Test
  void largeConcurrentReadsAndWritesDoNotDeadlock() throws Exception {
    int size = 8 << 20;
    ScriptedServer.Script script =
        peer -> {
          peer.handshake(size);
          // Answers each request fully before it reads the next: both socket buffers fill up.
          for (int i = 0; i < 8; i++) {
            Peer.Request request = peer.readRequest();
            if (request.command() == Command.READ) {
              peer.chunkHeader(1, 1, request.cookie(), size + 8);
              peer.out.writeLong(0);
              peer.out.write(new byte[size]);
              peer.out.flush();
            } else {
              peer.simple(request.cookie(), 0, new byte[0]);
            }
          }
          peer.readRequest();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        NbdClient client = NbdClient.connect(server.uri())) {
      List<CompletableFuture<Void>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        boolean reads = i % 2 == 0;
        calls.add(
            start(
                () -> {
                  if (reads) {
                    client.read(ByteBuffer.allocateDirect(size), 0);
                  } else {
                    client.write(ByteBuffer.allocateDirect(size), 0);
                  }
                }));
      }
      for (CompletableFuture<Void> call : calls) {
        call.get();
      }
    }
  }

  private static List<CompletableFuture<Void>> trims(NbdClient client) {
    List<CompletableFuture<Void>> calls = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int offset = i;
      calls.add(start(() -> client.trim(offset, 1, Flags.NONE)));
    }
    return calls;
  }

  private interface Call {
    void run() throws IOException;
  }

  private static CompletableFuture<Void> start(Call call) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                call.run();
                result.complete(null);
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  private static void assertConnectionLost(CompletableFuture<Void> call, String text) {
    assertThatThrownBy(call::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .hasMessageContaining(text)
        .isInstanceOfSatisfying(
            NbdClientException.class, e -> assertThat(e.connectionLost()).isTrue());
  }
}
