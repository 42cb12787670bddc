package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nbdcore.it.gate.GateProvider;

/** What SIGTERM means to requests that the server has already taken. */
class ShutdownIT {

  /** Reads asynchronously: otherwise a read in progress would look like one that was never sent. */
  private static final String READ_AND_WAIT =
      """
      buffer = nbd.Buffer(512)
      cookie = h.aio_pread(buffer, 0)
      while not h.aio_command_completed(cookie):
          h.poll(-1)
      print(buffer.to_bytearray() == b"g" * 512)
      """;

  @RegisterExtension final Sandbox box = new Sandbox();

  /**
   * The plugin's read waits at a gate, so that the signal comes in the middle of it for certain.
   */
  @Test
  void aRequestInProgressIsAnsweredBeforeTheServerEnds() throws Exception {
    Path entered = box.file("entered");
    Path open = box.file("open");
    box.run(Client.MKFIFO, entered.toString(), open.toString()).succeeded();
    Path jars = Files.createDirectory(box.file("jars"));
    Jars.write(jars.resolve("gate.jar"), GateProvider.class);
    Server server =
        box.serve(
            Distribution.built(),
            Map.of("NBD_CORE_PLUGIN_PATH", jars.toString()),
            "gate",
            "entered=" + entered,
            "open=" + open);
    Path printed = box.file("printed");
    Process client =
        box.builder(Client.PYTHON.with("-m", "nbd", "-u", server.uri(), "-c", READ_AND_WAIT))
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();

    assertThat(withTimeout(() -> Files.readString(entered)))
        .as("once a read has come")
        .isEqualTo("read");
    server.terminate();
    // It refuses new clients at once, but stays until its answer is sent.
    await().atMost(Programs.TIMEOUT).until(() -> !accepts(server));
    assertThat(server.isAlive()).isTrue();
    assertThat(client.isAlive()).isTrue();

    withTimeout(() -> Files.writeString(open, "go"));
    assertThat(client.waitFor(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(printed)).isEqualTo("True\n");
    server.ended();
    box.assertNothingIsLeft();
  }

  @Test
  void writesAcknowledgedUnderLoadAreOnTheDisk() throws Exception {
    Path disk = box.file("disk");
    box.run(Client.QEMU_IMG, "create", "-f", "raw", disk.toString(), "64M").succeeded();
    Server server = box.serve("file", disk.toString());
    Path acknowledged = box.file("acknowledged");
    String script =
        """
        import os, signal
        done = {}
        pending = {}
        for i in range(16384):
            if i == 4000:
                os.kill(%d, signal.SIGTERM)
            try:
                data = bytes([i %% 251 + 1]) * 4096
                pending[h.aio_pwrite(nbd.Buffer.from_bytearray(bytearray(data)), i * 4096)] = i
                while h.aio_in_flight() > 32:
                    h.poll(-1)
                for cookie in list(pending):
                    if h.aio_command_completed(cookie):
                        done[pending.pop(cookie)] = True
            except nbd.Error:
                break
        for cookie in list(pending):
            try:
                if h.aio_command_completed(cookie):
                    done[pending.pop(cookie)] = True
            except nbd.Error:
                pass
        open("%s", "w").write("".join("%%d\\n" %% i for i in done))
        """
            .formatted(server.pid(), acknowledged);
    box.nbdsh(server, script).succeeded();
    server.ended();

    byte[] content = Files.readAllBytes(disk);
    int[] blocks = Files.readAllLines(acknowledged).stream().mapToInt(Integer::parseInt).toArray();
    assertThat(blocks).as("acknowledged before and after SIGTERM").hasSizeGreaterThan(3000);
    for (int block : blocks) {
      assertThat(content[block * 4096]).as("block %d", block).isEqualTo((byte) (block % 251 + 1));
    }
  }

  /** Opening a FIFO waits for its other end, and cannot be interrupted. */
  private static <T> T withTimeout(Callable<T> call) throws Exception {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task, "fifo");
    thread.setDaemon(true);
    thread.start();
    return task.get(Programs.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  private static boolean accepts(Server server) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(server.socket()))) {
      // A closed socket has no backlog any more; a server that listens sends its greeting.
      return channel.read(ByteBuffer.allocate(1)) == 1;
    } catch (IOException e) {
      return false;
    }
  }
}
