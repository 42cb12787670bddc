package org.nbdcore.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Principal;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.server.tls.TlsCodec;

/** A wire under TLS has buffers only while there is something to do. */
@Timeout(60)
final class TlsWireTest {

  /** Records without encryption: a byte with the length, and that many bytes. */
  private static final class ClearCodec implements TlsCodec {

    @Override
    public boolean handshake(ByteBuffer in, ByteBuffer out) {
      return true;
    }

    @Override
    public int decrypt(ByteBuffer in, ByteBuffer dst) {
      if (!in.hasRemaining() || in.remaining() <= in.get(in.position())) {
        return 0;
      }
      int length = in.get();
      dst.put(in.slice(in.position(), length));
      in.position(in.position() + length);
      return length;
    }

    @Override
    public void encrypt(ByteBuffer[] srcs, int first, int end, ByteBuffer out) {
      for (int i = first; i < end; i++) {
        out.put((byte) srcs[i].remaining()).put(srcs[i]);
      }
    }

    @Override
    public boolean hasPending() {
      return false;
    }

    @Override
    public void close(ByteBuffer out) {}

    @Override
    public Optional<Principal> peer() {
      return Optional.empty();
    }

    @Override
    public String describe() {
      return "clear";
    }
  }

  @TempDir private Path folder;
  private SocketChannel client;
  private TlsWire wire;

  @BeforeEach
  void connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(address);
      client = SocketChannel.open(address);
      wire = TlsWire.start(new PlainWire(listener.accept()), new ClearCodec(), 0);
    }
  }

  @AfterEach
  void close() throws IOException {
    wire.close();
    client.close();
  }

  private void send(String bytes) throws IOException {
    client.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** What can be read now. */
  private String read() throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(100);
    int count = wire.read(dst);
    return new String(dst.array(), 0, count, StandardCharsets.ISO_8859_1);
  }

  /** Waits for input without a time limit, although bytes have arrived already. */
  private void awaitInput() throws IOException {
    wire.awaitReadable(Long.MAX_VALUE);
  }

  @Test
  void anIdleConnectionHoldsNoBuffers() throws IOException {
    send("\5hello");
    awaitInput();
    assertThat(read()).isEqualTo("hello");
    wire.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertThat(wire.bufferBytes()).isGreaterThan(TlsCodec.RECORD);
    send("\5");
    awaitInput();
    assertThat(wire.bufferBytes()).isZero();
  }

  @Test
  void forAnIncompleteRecordOnlyTheReceivedBytesAreHeld() throws IOException {
    send("\5hel");
    awaitInput();
    assertThat(read()).isEmpty();
    assertThat(wire.bufferBytes()).isGreaterThan(TlsCodec.RECORD);
    send("lo");
    awaitInput();
    assertThat(wire.bufferBytes()).isEqualTo("\5hel".length());
    assertThat(read()).isEqualTo("hello");
  }

  @Test
  void decryptedBytesThatAreNotYetReadAreKept() throws IOException {
    send("\5hello");
    awaitInput();
    ByteBuffer two = ByteBuffer.allocate(2);
    assertThat(wire.read(two)).isEqualTo(2);
    send("\5world");
    awaitInput();
    assertThat(wire.bufferBytes()).isEqualTo(TlsCodec.RECORD);
    assertThat(read()).isEqualTo("llo");
    assertThat(read()).isEqualTo("world");
  }
}
