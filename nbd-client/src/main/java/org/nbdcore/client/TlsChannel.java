package org.nbdcore.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a blocking TCP or Unix domain socket. Java's SSLSocket does not support Unix domain
 * sockets.
 */
final class TlsChannel extends EncryptedChannel {

  /** Number of records that are encrypted before they are written together. */
  private static final int RECORDS = 4;

  /** Maximum number of records to search for the alert of a server that has disconnected. */
  private static final int LAST_RECORDS = 16;

  private final ReadableByteChannel from;
  private final GatheringByteChannel to;
  private final SSLEngine engine;

  /** Encrypted bytes that arrived. {@link #plainIn}: decrypted bytes. Both are in read mode. */
  private final ByteBuffer netIn;

  private final ByteBuffer plainIn;

  private final ByteBuffer netOut; // only send uses it, also when a reader answers a key update

  TlsChannel(ReadableByteChannel from, GatheringByteChannel to, SSLEngine engine) {
    super(to);
    this.from = from;
    this.to = to;
    this.engine = engine;
    int packet = engine.getSession().getPacketBufferSize();
    netIn = ByteBuffer.allocateDirect(packet * RECORDS).limit(0);
    plainIn = ByteBuffer.allocateDirect(engine.getSession().getApplicationBufferSize()).limit(0);
    netOut = ByteBuffer.allocateDirect(packet * RECORDS);
  }

  /** Runs the TLS handshake as a client. */
  void handshake() throws IOException {
    engine.beginHandshake();
    negotiate();
  }

  /** Performs the engine's pending steps: of the handshake, or later of a key update. */
  private void negotiate() throws IOException {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK:
          runTasks();
          break;
        case NEED_WRAP:
          try {
            write(nothing);
          } catch (SSLException e) {
            throw e;
          } catch (IOException e) {
            throw refused(e);
          }
          break;
        case NEED_UNWRAP:
        case NEED_UNWRAP_AGAIN:
          if (unwrap(plainIn.compact()) < 0) {
            throw closedDuringHandshake(null);
          }
          plainIn.flip();
          break;
        default:
          return;
      }
    }
  }

  /** Finds out why the server has disconnected: an alert that it sent earlier can still be read. */
  private IOException refused(IOException writing) {
    try {
      for (int i = 0; i < LAST_RECORDS && unwrap(plainIn.clear()) >= 0; i++) {
        runTasks();
      }
    } catch (SSLException alert) {
      alert.addSuppressed(writing);
      return alert;
    } catch (IOException e) {
      writing.addSuppressed(e);
    }
    return closedDuringHandshake(writing);
  }

  private static EOFException closedDuringHandshake(@Nullable IOException cause) {
    EOFException closed =
        new EOFException("the server closed the connection during the TLS handshake");
    closed.initCause(cause);
    return closed;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      return 0;
    }
    while (!plainIn.hasRemaining()) {
      boolean direct = dst.remaining() >= plainIn.capacity();
      int count;
      if (direct) {
        count = unwrap(dst);
      } else {
        plainIn.clear();
        count = unwrap(plainIn);
        plainIn.flip();
      }
      if (count < 0) {
        return -1;
      }
      if (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
        negotiate();
      }
      if (direct && count > 0) {
        return count;
      }
    }
    int count = Math.min(dst.remaining(), plainIn.remaining());
    int limit = plainIn.limit();
    dst.put(plainIn.limit(plainIn.position() + count));
    plainIn.limit(limit);
    return count;
  }

  /** Decrypts one record; returns the bytes it held, perhaps 0, or -1 at the end. */
  private int unwrap(ByteBuffer dst) throws IOException {
    while (true) {
      SSLEngineResult result = engine.unwrap(netIn, dst);
      if (result.getStatus() == Status.CLOSED) {
        return -1;
      }
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        throw new SSLException("a TLS record is larger than the session allows");
      }
      if (result.getStatus() == Status.OK) {
        return result.bytesProduced();
      }
      netIn.compact();
      try {
        if (from.read(netIn) < 0) {
          return -1;
        }
      } finally {
        netIn.flip();
      }
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /** Sends everything, and the messages of TLS itself. */
  @Override
  long send(ByteBuffer[] sources, int first, int count) throws IOException {
    long total = 0;
    int packet = engine.getSession().getPacketBufferSize();
    boolean more = true;
    while (more) {
      netOut.clear();
      do {
        SSLEngineResult result = engine.wrap(sources, first, count, netOut);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
          throw new SSLException("a TLS record is larger than the session allows");
        }
        total += result.bytesConsumed();
        more =
            result.getStatus() != Status.CLOSED
                && (hasRemaining(sources, first, count)
                    || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
        if (more && result.bytesProduced() == 0) {
          throw new SSLException("TLS cannot send: " + result.getHandshakeStatus());
        }
      } while (more && netOut.remaining() >= packet);
      netOut.flip();
      while (netOut.hasRemaining()) {
        to.write(netOut);
      }
    }
    if (hasRemaining(sources, first, count)) {
      throw new SSLException("the TLS session is closed");
    }
    return total;
  }

  private static boolean hasRemaining(ByteBuffer[] sources, int first, int count) {
    for (int i = first; i < first + count; i++) {
      if (sources[i].hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  @Override
  void sendCloseNotify() throws IOException {
    engine.closeOutbound();
    write(ByteBuffer.allocate(0));
  }
}
