package org.nbdcore.nfc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session with a server that does what the fake host does not. */
@Timeout(60)
@Tag("newest")
class NfcSessionTest {

  private static final int PART = 1 << 16;
  private static final int LONG = 16 << 20; // more than the sockets take

  private ServerSocketChannel listener;
  private SocketChannel server;
  private NfcSession session;

  @BeforeEach
  void listen() throws IOException {
    listener = ServerSocketChannel.open();
    listener.setOption(StandardSocketOptions.SO_RCVBUF, PART);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private void start(NfcOptions options) throws IOException {
    InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
    Deadline deadline = Deadline.after(Duration.ofSeconds(20), "connecting");
    ChannelWire tcp = ChannelWire.connect("localhost", address.getPort(), deadline);
    server = listener.accept();
    session = NfcSession.start(tcp, DataWire.plain(tcp.channel()), options, "test");
    session.idleTimeout(Duration.ofMinutes(5));
  }

  @AfterEach
  void stop() throws IOException {
    session.stop();
    server.close();
    listener.close();
  }

  private ByteBuffer receive(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && server.read(bytes) >= 0) {
      // reads until the buffer is full or the client has disconnected
    }
    return bytes.flip();
  }

  private void reply(int type, int id, ByteBuffer payload, int extra) throws IOException {
    ByteBuffer message =
        ByteBuffer.allocate(AioType.HEADER + payload.remaining() + extra)
            .order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(AioType.MAGIC).putInt(type).putInt(payload.remaining()).putInt(id).put(payload);
    message.clear();
    while (message.hasRemaining()) {
      server.write(message);
    }
  }

  @Test
  void bufferOfAWriteIsNotUsedAfterItsCompletion() throws Exception {
    start(NfcOptions.defaults());
    CompletableFuture<IOException> end = new CompletableFuture<>();
    session.submit(new WriteOperation(ByteBuffer.allocate(LONG), 0, PART, end::complete));

    receive(AioType.HEADER + AioType.IO.payload);
    ByteBuffer code = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 8);
    reply(AioType.ERROR, 0, code, 0);

    assertThat(end.get())
        .hasMessageContaining("write of " + LONG + " bytes at 0")
        .hasMessageContaining("before all was sent")
        .hasMessageContaining("disk full");
    assertThat(receive(LONG).remaining()).isLessThan(LONG);
  }

  @Test
  void sendFailureOnTheSessionsThreadEndsTheSession() throws Exception {
    start(
        NfcOptions.defaults()
            .withBuffers(PART, 1)
            .withTrace(
                line -> {
                  if (line.startsWith("nfc > request 1:")) {
                    throw new IllegalStateException("no trace");
                  }
                }));
    CompletableFuture<IOException> first = new CompletableFuture<>();
    CompletableFuture<IOException> second = new CompletableFuture<>();
    session.submit(read(first));
    session.submit(read(second)); // waits for the first

    ByteBuffer request = receive(AioType.HEADER + AioType.IO.payload);
    reply(AioType.IO.number, 0, request.position(AioType.HEADER), PART);

    assertThat(second.get()).hasMessageContaining("no trace");
    assertThat(first.get()).isNull();
  }

  private static ReadOperation read(CompletableFuture<IOException> end) {
    return new ReadOperation(ByteBuffer.allocate(PART), 0, NfcCompression.NONE, end::complete);
  }
}
