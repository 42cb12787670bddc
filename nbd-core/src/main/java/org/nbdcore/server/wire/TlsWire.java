package org.nbdcore.server.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.security.auth.x500.X500Principal;
import org.nbdcore.log.ServerLog;
import org.nbdcore.server.failure.ClientRejectedException;
import org.nbdcore.server.failure.Failures;
import org.nbdcore.server.tls.TlsCodec;

/**
 * A socket with TLS. It holds buffers only while it processes a record: none for an idle client,
 * and only the received bytes of an incomplete record.
 */
public final class TlsWire implements Wire {

  private static final int NET_IN = 1 << 16;
  private static final int NET_OUT = 1 << 17;
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
  private static final ByteBuffer[] NOTHING = {EMPTY};

  private static final TlsBuffers INPUT = new TlsBuffers(NET_IN, false);
  private static final TlsBuffers PLAIN = new TlsBuffers(TlsCodec.RECORD, false);
  private static final TlsBuffers OUTPUT = new TlsBuffers(NET_OUT, false);
  private static final TlsBuffers TRANSIT = new TlsBuffers(NET_OUT, true);

  /** A wire that waits longer releases its buffers. */
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PlainWire socket;
  private final TlsCodec codec;

  // only for the reader; the content is between position and limit
  private ByteBuffer netIn = EMPTY;
  private ByteBuffer plain = EMPTY;

  /** True while the reader waits for a long time. A writer then keeps no buffer. */
  private volatile boolean idle;

  /**
   * Guards encryption and {@link #netOut}. The reader also takes it, to send messages of TLS
   * itself.
   */
  private final ReentrantLock writing = new ReentrantLock();

  private ByteBuffer netOut; // null while there is nothing to encrypt; guarded by writing
  private final ByteBuffer[] single = new ByteBuffer[1]; // guarded by writing

  private TlsWire(PlainWire socket, TlsCodec codec) {
    this.socket = socket;
    this.codec = codec;
  }

  /**
   * Runs the TLS handshake.
   *
   * @param deadline on the clock of {@link System#nanoTime}
   */
  public static TlsWire start(PlainWire socket, TlsCodec codec, long deadline) throws IOException {
    TlsWire wire = new TlsWire(socket, codec);
    try {
      wire.handshake(deadline);
      return wire;
    } catch (IOException | RuntimeException e) {
      wire.sendCloseNotify();
      throw e;
    }
  }

  private void handshake(long deadline) throws IOException {
    while (!step()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new ClientRejectedException("its TLS handshake took too long");
      }
      int count = fill();
      if (count < 0) {
        throw new EOFException("the client disconnected during the TLS handshake");
      }
      if (count == 0) {
        awaitReadable(left);
      }
    }
  }

  /** Continues the handshake as far as the input allows; returns true if it is complete. */
  private boolean step() throws IOException {
    writing.lock();
    try {
      acquireOut();
      boolean complete;
      try {
        complete = codec.handshake(netIn, netOut);
      } catch (IOException e) {
        throw new ClientRejectedException("the TLS handshake failed: " + Failures.message(e), e);
      }
      flush();
      return complete;
    } finally {
      writing.unlock();
    }
  }

  private int fill() throws IOException {
    if (netIn.capacity() < NET_IN) {
      netIn = INPUT.take().put(netIn).flip();
    }
    netIn.compact();
    ByteBuffer transit = TRANSIT.take();
    try {
      int count = socket.read(transit.limit(netIn.remaining()));
      netIn.put(transit.flip());
      return count;
    } finally {
      netIn.flip();
      TRANSIT.release(transit);
    }
  }

  private void flush() throws IOException {
    ByteBuffer transit = TRANSIT.take();
    try {
      socket.write(transit.put(netOut.flip()).flip());
    } finally {
      netOut.clear();
      TRANSIT.release(transit);
    }
  }

  private void acquireOut() {
    if (netOut == null) {
      netOut = OUTPUT.take();
    }
  }

  private void releaseOut() {
    if (netOut != null) {
      OUTPUT.release(netOut);
      netOut = null;
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
    if (plain == EMPTY) {
      plain = PLAIN.take();
    }
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
    if (nanos < IDLE_NANOS) {
      socket.awaitReadable(nanos);
      return;
    }
    releaseBuffers();
    try {
      socket.awaitReadable(nanos);
    } finally {
      idle = false;
    }
  }

  private void releaseBuffers() {
    idle = true;
    if (plain != EMPTY && !plain.hasRemaining()) {
      PLAIN.release(plain);
      plain = EMPTY;
    }
    if (netIn.capacity() == NET_IN && netIn.remaining() < NET_IN / 2) {
      ByteBuffer part =
          netIn.hasRemaining()
              ? ByteBuffer.allocate(netIn.remaining()).put(netIn.duplicate()).flip()
              : EMPTY;
      INPUT.release(netIn);
      netIn = part;
    }
    codec.releaseBuffers();
    if (writing.tryLock()) {
      try {
        releaseOut();
      } finally {
        writing.unlock();
      }
    }
  }

  /**
   * Bytes that this wire holds between calls. Call it on the reader's thread while no thread
   * writes.
   */
  int bufferBytes() {
    writing.lock();
    try {
      return netIn.capacity() + plain.capacity() + (netOut == null ? 0 : netOut.capacity());
    } finally {
      writing.unlock();
    }
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
    throw new UnsupportedOperationException("an encrypted connection cannot send a file directly");
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
    acquireOut();
    try {
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
    } finally {
      if (idle) {
        releaseOut();
      }
    }
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
  public long writingSince() {
    return socket.writingSince();
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

  /** The client's name, from its certificate or pre-shared key. */
  public Optional<Principal> principal() {
    return codec.peer();
  }

  /** The issuer of the client's certificate. */
  public Optional<X500Principal> issuer() {
    return codec.issuer();
  }

  /** Ends the TLS session as far as possible without blocking, and closes the connection. */
  @Override
  public void close() {
    sendCloseNotify();
    socket.close();
  }

  private void sendCloseNotify() {
    if (!writing.tryLock()) {
      return; // a writer is blocked, so the client does not read anyway
    }
    try {
      acquireOut(); // the buffer may already contain an alert
      endSession();
      socket.offer(netOut.flip());
    } catch (IOException | RuntimeException e) {
      ServerLog.LOG.debug(() -> "while ending TLS: " + e.getMessage());
    } finally {
      releaseOut();
      writing.unlock();
    }
  }

  private void endSession() {
    try {
      codec.close(netOut);
    } catch (IOException | RuntimeException e) {
      ServerLog.LOG.debug(() -> "while ending TLS: " + e.getMessage());
    }
  }
}
