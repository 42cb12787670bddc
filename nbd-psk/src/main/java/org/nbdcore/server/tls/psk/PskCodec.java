package org.nbdcore.server.tls.psk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.Optional;
import org.bouncycastle.tls.TlsServerProtocol;
import org.nbdcore.server.tls.TlsCodec;

/**
 * A TLS session with a pre-shared key. Uses Bouncy Castle, because the JDK does not support this
 * key exchange. Bouncy Castle keeps both directions in one object, so each step holds its monitor.
 */
final class PskCodec implements TlsCodec {

  private final TlsServerProtocol protocol = new TlsServerProtocol();
  private final PskServer server;
  private byte[] received; // null while no data arrives, as the next field
  private byte[] plain;

  PskCodec(PskServer server) throws IOException {
    this.server = server;
    protocol.accept(server);
  }

  @Override
  public synchronized boolean handshake(ByteBuffer in, ByteBuffer out) throws IOException {
    try {
      offer(in);
    } finally {
      takeOutput(out);
    }
    return !protocol.isHandshaking() && protocol.getAvailableOutputBytes() == 0;
  }

  private void offer(ByteBuffer in) throws IOException {
    if (received == null && in.hasRemaining()) {
      received = new byte[PACKET];
    }
    while (in.hasRemaining()) {
      int length = Math.min(in.remaining(), received.length);
      in.get(received, 0, length);
      protocol.offerInput(received, 0, length);
    }
  }

  private void takeOutput(ByteBuffer out) {
    int length = Math.min(protocol.getAvailableOutputBytes(), out.remaining());
    byte[] bytes = new byte[length];
    protocol.readOutput(bytes, 0, length);
    out.put(bytes);
  }

  @Override
  public synchronized int decrypt(ByteBuffer in, ByteBuffer dst) throws IOException {
    int produced = takePlain(dst);
    if (produced == 0) {
      offer(in);
      produced = takePlain(dst);
    }
    return produced == 0 && protocol.isClosed() ? -1 : produced;
  }

  private int takePlain(ByteBuffer dst) {
    int produced = 0;
    if (plain == null && protocol.getAvailableInputBytes() > 0) {
      plain = new byte[RECORD];
    }
    while (dst.hasRemaining() && protocol.getAvailableInputBytes() > 0) {
      int length = protocol.readInput(plain, 0, Math.min(dst.remaining(), plain.length));
      dst.put(plain, 0, length);
      produced += length;
    }
    return produced;
  }

  @Override
  public synchronized void encrypt(ByteBuffer[] srcs, int first, int end, ByteBuffer out)
      throws IOException {
    byte[] bytes = new byte[RECORD];
    int length = 0;
    for (int i = first; i < end && length < RECORD; i++) {
      int part = Math.min(srcs[i].remaining(), RECORD - length);
      srcs[i].get(bytes, length, part);
      length += part;
    }
    if (length > 0) {
      protocol.writeApplicationData(bytes, 0, length);
    }
    takeOutput(out);
  }

  @Override
  public synchronized boolean hasPending() {
    return protocol.getAvailableOutputBytes() > 0;
  }

  @Override
  public synchronized void releaseBuffers() {
    received = null;
    plain = null;
  }

  @Override
  public synchronized void close(ByteBuffer out) throws IOException {
    protocol.close();
    takeOutput(out);
  }

  @Override
  public Optional<Principal> peer() {
    String user = server.user();
    return user == null ? Optional.empty() : Optional.of(new KeyName(user));
  }

  @Override
  public String describe() {
    return server.describe();
  }

  /** The name of a client's pre-shared key. */
  private record KeyName(String name) implements Principal {
    @Override
    public String getName() {
      return name;
    }
  }
}
