package org.nbdcore.nfc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DataWireTest {

  @Test
  void incompleteWriteIsReportedIfTheLastBufferIsEmpty() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
          SocketChannel accepted = server.accept()) {
        assertThat(accepted.isOpen()).isTrue(); // and it never reads
        client.configureBlocking(false);
        DataWire wire = DataWire.plain(client);
        boolean all;
        do {
          ByteBuffer first = ByteBuffer.allocate(1 << 16);
          all = wire.write(new ByteBuffer[] {first, ByteBuffer.allocate(0)});
          assertThat(all).isEqualTo(!first.hasRemaining());
        } while (all);
      }
    }
  }
}
