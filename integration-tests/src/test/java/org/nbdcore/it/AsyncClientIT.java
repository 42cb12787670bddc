package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.Flags;

/** The asynchronous calls of our client, with three different servers. */
@Tag("heavy")
@Timeout(300)
class AsyncClientIT {

  private static final int IN_FLIGHT = 64;
  private static final int BLOCK = 1 << 16;
  private static final int CLIENTS = 8;
  private static final int PAYLOAD = 16 << 20;

  @RegisterExtension final Sandbox box = new Sandbox();

  /** A server, ours or another, that can be paused. */
  private record Peer(Process process, long pid, Path socket, Server ours) {

    NbdUri uri() throws Exception {
      return NbdUri.parse("nbd+unix:///?socket=" + socket);
    }

    void stop() throws Exception {
      if (ours != null) {
        ours.stop();
        return;
      }
      process.destroy();
      process.waitFor();
    }
  }

  private Peer start(String make) throws Exception {
    if (make.equals("nbd-core")) {
      Server server = box.serve("memory", "64M");
      return new Peer(null, server.pid(), server.socket(), server);
    }
    Path socket = box.file("peer.sock");
    Path disk = box.file("disk");
    Files.write(disk, new byte[64 << 20]);
    List<String> command =
        make.equals("nbdkit")
            ? Client.NBDKIT.with("-f", "-U", socket.toString(), "memory", "64M")
            : Client.QEMU_NBD.with(
                "-t", "-e", "4", "-f", "raw", "-k", socket.toString(), disk.toString());
    Process process =
        box.builder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Peer peer = new Peer(process, process.pid(), socket, null);
    await()
        .atMost(Programs.TIMEOUT)
        .ignoreException(IOException.class)
        .until(
            () -> {
              NbdClient.connect(peer.uri()).close();
              return true;
            });
    return peer;
  }

  private static byte[] block(int number) {
    byte[] block = new byte[BLOCK];
    Arrays.fill(block, (byte) (number + 1));
    return block;
  }

  @ParameterizedTest
  @ValueSource(strings = {"nbd-core", "nbdkit", "qemu-nbd"})
  void sixtyFourRequestsAreInFlightAndRequestsCanBeAbandoned(String make) throws Exception {
    Peer peer = start(make);
    try {
      try (NbdClient client = NbdClient.connect(peer.uri())) {
        runSixtyFourRequests(client);
        abandonRequestsWhilePaused(peer, client);
      }
    } finally {
      peer.stop();
    }
  }

  private static void runSixtyFourRequests(NbdClient client) throws Exception {
    List<CompletableFuture<Void>> writes = new ArrayList<>();
    for (int i = 0; i < IN_FLIGHT; i++) {
      writes.add(client.writeAsync(ByteBuffer.wrap(block(i)), (long) i * BLOCK, Flags.NONE));
    }
    CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).get();
    client.flushAsync().get();
    List<ByteBuffer> buffers = new ArrayList<>();
    List<CompletableFuture<Void>> reads = new ArrayList<>();
    for (int i = 0; i < IN_FLIGHT; i++) {
      buffers.add(ByteBuffer.allocate(BLOCK));
      reads.add(client.readAsync(buffers.get(i), (long) i * BLOCK));
    }
    for (int i = 0; i < IN_FLIGHT; i++) {
      reads.get(i).get();
      assertThat(buffers.get(i).array()).as("block %d", i).isEqualTo(block(i));
    }
    client.zeroAsync(0, BLOCK, Flags.MAY_TRIM).get();
    List<Long> lengths = new ArrayList<>();
    client
        .blockStatusAsync(
            0, 2 * BLOCK, Flags.NONE, (context, at, length, type) -> lengths.add(length))
        .get();
    assertThat(lengths.stream().mapToLong(Long::longValue).sum()).isGreaterThanOrEqualTo(BLOCK);
  }

  /** A process that is paused answers nothing. */
  private void abandonRequestsWhilePaused(Peer peer, NbdClient client) throws Exception {
    ConnectOptions impatient = ConnectOptions.defaults().withRequestTimeout(Duration.ofMillis(300));
    try (NbdClient limited = NbdClient.connect(peer.uri(), impatient)) {
      byte[] cancelled = new byte[BLOCK];
      byte[] late = new byte[BLOCK];
      pause(peer);
      try {
        CompletableFuture<Void> read = client.readAsync(ByteBuffer.wrap(cancelled), BLOCK);
        assertThat(read.cancel(true)).isTrue();
        assertThatThrownBy(() -> limited.read(ByteBuffer.wrap(late), BLOCK))
            .isInstanceOfSatisfying(
                NbdClientException.class,
                e -> {
                  assertThat(e.timedOut()).isTrue();
                  assertThat(e.connectionLost()).isFalse();
                });
      } finally {
        resume(peer);
      }
      byte[] again = new byte[BLOCK];
      client.readAsync(ByteBuffer.wrap(again), 2 * BLOCK).get();
      assertThat(again).isEqualTo(block(2));
      readWithRetries(limited, again, 3 * BLOCK);
      assertThat(again).isEqualTo(block(3));
      assertThat(cancelled).containsOnly(0);
      assertThat(late).containsOnly(0);
    }
  }

  /** A slow machine may need several attempts. */
  private static void readWithRetries(NbdClient client, byte[] dst, long offset)
      throws IOException {
    while (true) {
      try {
        client.read(ByteBuffer.wrap(dst), offset);
        return;
      } catch (NbdClientException e) {
        assertThat(e.timedOut()).as("%s", e).isTrue();
      }
    }
  }

  /** Pauses the server. Its threads stop one after the other, and until then answer requests. */
  private void pause(Peer peer) {
    shell(
        """
        kill -STOP %1$d || exit
        while grep -qs '^State:.[^T]' /proc/%1$d/task/*/status; do sleep 0.01; done
        """
            .formatted(peer.pid()));
  }

  private void resume(Peer peer) {
    shell("kill -CONT " + peer.pid());
  }

  private void shell(String script) {
    box.run(box.builder(List.of("/bin/sh", "-c", script)), Programs.TIMEOUT).succeeded();
  }

  /** Eight clients ask for twice what the server has; requests wait for each other. */
  @Test
  void aServerWithLittleMemoryDropsNoClientWithLargeRequests() throws Exception {
    Map<String, String> small = Map.of("NBD_CORE_JAVA_OPTS", "-Xmx64m", "NBD_CORE_CACHE", "off");
    Server server = box.serve(Distribution.built(), small, "null", "1G");
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            threads.submit(
                () -> {
                  writeAndRead(server);
                  return null;
                }));
      }
      for (Future<?> client : clients) {
        client.get();
      }
    } finally {
      threads.shutdownNow();
    }
    server.stop();
    assertThat(server.errors()).doesNotContain("dropped").doesNotContain("memory");
  }

  private static void writeAndRead(Server server) throws Exception {
    ByteBuffer data = ByteBuffer.allocateDirect(PAYLOAD);
    try (NbdClient client = NbdClient.connect(NbdUri.parse(server.uri()))) {
      for (int round = 0; round < 4; round++) {
        CompletableFuture<Void> one = client.writeAsync(data.clear(), 0, Flags.NONE);
        CompletableFuture<Void> other = client.writeAsync(data.clear(), PAYLOAD, Flags.NONE);
        one.get();
        other.get();
        client.readAsync(data.clear(), 0).get();
      }
    }
  }
}
