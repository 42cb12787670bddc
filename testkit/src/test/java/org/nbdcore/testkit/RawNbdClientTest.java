package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.protocol.Command;
import org.nbdcore.protocol.Magic;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.protocol.ReplyType;

final class RawNbdClientTest {

  @TempDir Path folder;

  private interface Body {
    void test(RawNbdClient client, SocketChannel server) throws Exception;
  }

  private static void connected(SocketAddress address, Body body) throws Exception {
    try (ServerSocketChannel listener =
        address instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open()) {
      listener.bind(address);
      try (RawNbdClient client = RawNbdClient.connect(listener.getLocalAddress());
          SocketChannel server = listener.accept()) {
        body.test(client, server);
      }
    }
  }

  private static void connected(Body body) throws Exception {
    connected(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), body);
  }

  private static ByteBuffer received(SocketChannel server, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && server.read(bytes) >= 0) {
      assertThat(bytes.position()).isPositive();
    }
    return bytes.flip();
  }

  private static void greet(SocketChannel server) throws IOException {
    server.write(
        ByteBuffer.allocate(18)
            .putLong(Magic.NBDMAGIC)
            .putLong(Magic.IHAVEOPT)
            .putShort((short) 3)
            .flip());
  }

  private static ByteBuffer optionReply(int option, int type, ByteBuffer data) {
    return ByteBuffer.allocate(20 + data.remaining())
        .putLong(Magic.OPTION_REPLY)
        .putInt(option)
        .putInt(type)
        .putInt(data.remaining())
        .put(data)
        .flip();
  }

  @Test
  void handshakeGoAndReadOverAUnixSocket() throws Exception {
    connected(
        UnixDomainSocketAddress.of(folder.resolve("s")),
        (client, server) -> {
          greet(server);
          assertThat(client.handshake()).isEqualTo(3);
          ByteBuffer export = ByteBuffer.allocate(12).putShort((short) 0).putLong(1 << 20);
          server.write(optionReply(7, OptionReply.INFO, export.putShort((short) 0x8001).flip()));
          server.write(optionReply(7, OptionReply.ACK, ByteBuffer.allocate(0)));
          assertThat(client.go("x")).isEqualTo(new RawNbdClient.SelectedExport(1 << 20, 0x8001));
          ByteBuffer sent = received(server, 4 + 16 + 4 + 1 + 2);
          assertThat(sent.getInt(0)).isEqualTo(3);
          assertThat(sent.getInt(12)).isEqualTo(7);
          assertThat(sent.getInt(20)).isEqualTo(1);

          client.request(0, Command.READ, 99, 512, 0xffff_ffffL);
          ByteBuffer request = received(server, 28);
          assertThat(request.getInt(0)).isEqualTo(Magic.REQUEST);
          assertThat(request.getLong(8)).isEqualTo(99);
          assertThat(request.getInt(24)).isEqualTo(-1);
          server.write(
              ByteBuffer.allocate(16).putInt(Magic.SIMPLE_REPLY).putInt(22).putLong(99).flip());
          assertThat(client.simpleReply()).isEqualTo(new RawNbdClient.SimpleReply(22, 99));
        });
  }

  @Test
  void chunkIsReadWithItsPayload() throws Exception {
    connected(
        (client, server) -> {
          server.write(
              ByteBuffer.allocate(24)
                  .putInt(Magic.STRUCTURED_REPLY)
                  .putShort((short) ReplyType.FLAG_DONE)
                  .putShort((short) ReplyType.ERROR)
                  .putLong(7)
                  .putInt(4)
                  .putInt(5)
                  .flip());
          RawNbdClient.Chunk chunk = client.chunk();
          assertThat(chunk.flags()).isEqualTo(ReplyType.FLAG_DONE);
          assertThat(chunk.type()).isEqualTo(ReplyType.ERROR);
          assertThat(chunk.cookie()).isEqualTo(7);
          assertThat(chunk.buffer().getInt()).isEqualTo(5);
        });
  }

  @Test
  void refusedExportIsReportedWithTheServersMessage() throws Exception {
    connected(
        (client, server) -> {
          ByteBuffer text = ByteBuffer.wrap("no such disk".getBytes());
          server.write(optionReply(7, OptionReply.ERR_UNKNOWN, text));
          assertThatThrownBy(() -> client.go("x")).hasMessageContaining("no such disk");
        });
  }

  @Test
  void wrongMagicIsReported() throws Exception {
    connected(
        (client, server) -> {
          server.write(ByteBuffer.allocate(16).putInt(0x1234).rewind());
          assertThatThrownBy(client::simpleReply).hasMessageContaining("not 0x1234");
        });
  }

  @Test
  void missingDataEndsInATimeout() throws Exception {
    connected(
        (client, server) -> {
          client.timeout(Duration.ofMillis(50));
          assertThatThrownBy(() -> client.receive(1)).isInstanceOf(SocketTimeoutException.class);
          assertThatThrownBy(client::closedByServer).isInstanceOf(SocketTimeoutException.class);
        });
  }

  @Test
  void endOfTheStreamIsReported() throws Exception {
    connected(
        (client, server) -> {
          server.write(ByteBuffer.allocate(3));
          server.close();
          assertThatThrownBy(() -> client.receive(4))
              .isInstanceOf(EOFException.class)
              .hasMessageContaining("after 3 of 4 bytes");
          assertThat(client.closedByServer()).isTrue();
        });
  }

  @Test
  void droppedConnectionIsResetOnTcp() throws Exception {
    connected(
        (client, server) -> {
          client.drop();
          assertThatThrownBy(() -> server.read(ByteBuffer.allocate(1)))
              .isInstanceOf(IOException.class);
        });
  }
}
