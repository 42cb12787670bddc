package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.system.SocketCalls;

/**
 * Clients of a native socket are served over a Java channel. The test uses a Unix socket, which
 * works on every machine; a vsock socket differs only in its address.
 */
class VsockListenerTest {

  @TempDir Path folder;

  private static int bound(Path path) {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    int socket = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM, 0);
    try (Memory address = new Memory(2 + name.length + 1L)) {
      address.clear();
      address.setShort(0, (short) SocketCalls.AF_UNIX);
      address.write(2, name, 0, name.length);
      assertThat(SocketCalls.bind(socket, address, (int) address.size())).isZero();
    }
    assertThat(SocketCalls.listen(socket, 8)).isZero();
    return socket;
  }

  @Test
  void clientsAreServedOverAChannel() throws Exception {
    Path path = folder.resolve("s");
    BlockingQueue<SocketChannel> clients = new LinkedBlockingQueue<>();
    try (VsockListener listener = VsockListener.over(bound(path))) {
      listener.start(clients::add);
      for (int i = 0; i < 3; i++) {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
            SocketChannel served = clients.poll(30, TimeUnit.SECONDS)) {
          assertThat(served).isNotNull();
          assertPassed(client, served);
          assertPassed(served, client);
          client.shutdownOutput();
          assertThat(served.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
      }
    }
  }

  private static void assertPassed(SocketChannel from, SocketChannel to) throws IOException {
    assertThat(from.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(5);
    ByteBuffer received = ByteBuffer.allocate(5);
    while (received.hasRemaining() && to.read(received) >= 0) {
      // until all of it is there
    }
    assertThat(new String(received.array(), StandardCharsets.US_ASCII)).isEqualTo("hello");
  }

  @Test
  void afterCloseNoClientIsAccepted() throws Exception {
    Path path = folder.resolve("s");
    int socket = bound(path);
    VsockListener listener = VsockListener.over(socket);
    listener.start(client -> {});
    listener.close();
    org.awaitility.Awaitility.await().until(() -> !accepts(path));
  }

  private static boolean accepts(Path path) {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return client.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
