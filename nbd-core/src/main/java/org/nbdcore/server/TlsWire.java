package org.nbdcore.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.security.auth.x500.X500Principal;
import org.nbdcore.tls.TlsCodec;

/** A socket under TLS. */
final class TlsWire implements Wire {

  private static final int NET_IN = 1 << 16;
  private static final int NET_OUT = 1 << 17;
  private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};

  private final PlainWire socket;
  private final TlsCodec codec;

  // the reader's: both hold what is between their position and limit
  // (in the heap: there the JDK encrypts and decrypts in place, other memory it copies piecemeal)
  private final ByteBuffer netIn = ByteBuffer.allocate(NET_IN).limit(0);
  private final ByteBuffer plain = ByteBuffer.allocate(TlsCodec.RECORD).limit(0);

  /** Guards encryption and {@link #netOut}; the reader takes it for messages of TLS itself. */
  private final ReentrantLock writing = new ReentrantLock();

  private final ByteBuffer netOut = ByteBuffer.allocate(NET_OUT);
  private final ByteBuffer[] single = new ByteBuffer[1]; // guarded by writing

  private TlsWire(PlainWire socket, TlsCodec codec) {
    this.socket = socket;
    this.codec = codec;
  }

  /**
   * Shakes hands.
   *
   * @param deadline on the clock of {@link System#nanoTime}
   */
  static TlsWire start(PlainWire socket, TlsCodec codec, long deadline) throws IOException {
    TlsWire wire = new TlsWire(socket, codec);
    try {
      wire.shakeHands(deadline);
      return wire;
    } catch (IOException | RuntimeException e) {
      wire.sendLastWords();
      throw e;
    }
  }

  private void shakeHands(long deadline) throws IOException {
    while (!codec.handshake(netIn, netOut)) {
      flush();
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new IOException("the client took too long over the TLS handshake");
      }
      int count = fill();
      if (count < 0) {
        throw new EOFException("the client left during the TLS handshake");
      }
      if (count == 0) {
        socket.awaitReadable(left);
      }
    }
    flush();
  }

  private int fill() throws IOException {
    netIn.compact();
    try {
      return socket.read(netIn);
    } finally {
      netIn.flip();
    }
  }

  private void flush() throws IOException {
    netOut.flip();
    try {
      socket.write(netOut);
    } finally {
      netOut.clear();
    }
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    if (plain.hasRemaining()) {
      return takePlain(dst);
    }
    while (true) {
      boolean direct = dst.remaining() >= TlsCodec.RECORD;
      int count = direct ? codec.decrypt(netIn, dst) : decryptPlain();
      boolean pending = codec.hasPending();
      if (pending) {
        write(NOTHING, 1);
      }
      if (count != 0) {
        return count > 0 && !direct ? takePlain(dst) : count;
      }
      if (!pending) {
        int filled = fill();
        if (filled <= 0) {
          return filled;
        }
      }
    }
  }

  private int decryptPlain() throws IOException {
    plain.clear();
    try {
      return codec.decrypt(netIn, plain);
    } finally {
      plain.flip();
    }
  }

  private int takePlain(ByteBuffer dst) {
    int count = Math.min(plain.remaining(), dst.remaining());
    dst.put(dst.position(), plain, plain.position(), count);
    dst.position(dst.position() + count);
    plain.position(plain.position() + count);
    return count;
  }

  @Override
  public void awaitReadable(long nanos) throws IOException {
    socket.awaitReadable(nanos);
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    writing.lock();
    try {
      single[0] = src;
      encryptAll(single, 1);
    } finally {
      single[0] = null;
      writing.unlock();
    }
  }

  @Override
  public boolean transfers() {
    return false;
  }

  @Override
  public void transfer(FileChannel file, long position, long length) {
    throw new UnsupportedOperationException("what is encrypted passes through this process");
  }

  @Override
  public void write(ByteBuffer[] srcs, int count) throws IOException {
    writing.lock();
    try {
      encryptAll(srcs, count);
    } finally {
      writing.unlock();
    }
  }

  private void encryptAll(ByteBuffer[] srcs, int count) throws IOException {
    int first = 0;
    do {
      if (netOut.remaining() < TlsCodec.PACKET) {
        flush();
      }
      codec.encrypt(srcs, first, count, netOut);
      while (first < count && !srcs[first].hasRemaining()) {
        first++;
      }
    } while (first < count);
    flush();
  }

  @Override
  public void limitWrites(long nanos) {
    socket.limitWrites(nanos);
  }

  @Override
  public long unwritableSince() {
    return socket.unwritableSince();
  }

  @Override
  public void wake() {
    socket.wake();
  }

  @Override
  public Optional<SocketAddress> peer() {
    return socket.peer();
  }

  @Override
  public boolean encrypted() {
    return true;
  }

  /** Who the client is by its certificate or key. */
  Optional<Principal> principal() {
    return codec.peer();
  }

  /** Who has signed the client's certificate. */
  Optional<X500Principal> issuer() {
    return codec.issuer();
  }

  /** Ends the TLS session as far as that goes without waiting, and drops the connection. */
  @Override
  public void close() {
    sendLastWords();
    socket.close();
  }

  private void sendLastWords() {
    if (!writing.tryLock()) {
      return; // a writer is stuck: the client will not miss the message
    }
    try {
      netOut.clear();
      codec.close(netOut);
      socket.offer(netOut.flip());
    } catch (IOException | RuntimeException e) {
      ServerLog.LOG.debug(() -> "while ending TLS: " + e.getMessage());
    } finally {
      netOut.clear();
      writing.unlock();
    }
  }
}
