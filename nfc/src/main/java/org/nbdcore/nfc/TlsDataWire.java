package org.nbdcore.nfc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Transfers blocks inside TLS. */
final class TlsDataWire implements DataWire {

  private static final int PACKETS = 8;

  private final SocketChannel channel;
  private final SSLEngine engine;

  /** Encrypted bytes that have been read, from 0 to position. Only the reading thread uses it. */
  private final ByteBuffer in;

  /** Encrypted bytes to send; in read mode. Guarded by {@link #sending}. */
  private final ByteBuffer out;

  /** Decrypted bytes left over from the handshake. Only the reading thread uses it. */
  private final ByteBuffer early;

  /**
   * Guards out and the encrypting side of the engine. The reading thread needs both to answer key
   * updates.
   */
  private final Lock sending = new ReentrantLock();

  private boolean ended;

  TlsDataWire(SocketChannel channel, RecordTls handshake) {
    this.channel = channel;
    this.engine = handshake.engine();
    this.early = handshake.unread();
    int packet = engine.getSession().getPacketBufferSize();
    in = ByteBuffer.allocateDirect(packet * PACKETS);
    out = ByteBuffer.allocateDirect(packet * PACKETS);
    out.flip();
  }

  @Override
  public long read(ByteBuffer[] targets) throws IOException {
    if (early.hasRemaining()) {
      return takeEarly(targets);
    }
    long total = decrypt(targets);
    if (total > 0) {
      return total;
    }
    int n = ended ? -1 : channel.read(in);
    if (n < 0) {
      return -1;
    }
    return n == 0 ? 0 : decrypt(targets);
  }

  private long takeEarly(ByteBuffer[] targets) {
    long total = 0;
    for (ByteBuffer target : targets) {
      while (target.hasRemaining() && early.hasRemaining()) {
        target.put(early.get());
        total++;
      }
    }
    return total;
  }

  /** Decrypts complete records while the last target has room for another one. */
  private long decrypt(ByteBuffer[] targets) throws IOException {
    ByteBuffer last = targets[targets.length - 1];
    long total = 0;
    in.flip();
    try {
      while (in.hasRemaining() && last.remaining() >= SPILL / 2 && !ended) {
        SSLEngineResult result = engine.unwrap(in, targets);
        total += result.bytesProduced();
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
          ended = true; // sends no answer: the server has closed the connection
          return total;
        }
        afterwards(result.getHandshakeStatus());
        switch (result.getStatus()) {
          case BUFFER_UNDERFLOW -> {
            return total;
          }
          case BUFFER_OVERFLOW ->
              throw new SSLException("a TLS record is longer than " + SPILL / 2);
          case CLOSED, OK -> {}
        }
      }
      return total;
    } finally {
      in.compact();
    }
  }

  private void afterwards(HandshakeStatus status) throws IOException {
    if (status == HandshakeStatus.NEED_TASK) {
      for (Runnable task = engine.getDelegatedTask();
          task != null;
          task = engine.getDelegatedTask()) {
        task.run();
      }
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      write(new ByteBuffer[] {ByteBuffer.allocate(0)});
    }
  }

  @Override
  public boolean write(ByteBuffer[] sources) throws IOException {
    sending.lock();
    try {
      while (true) {
        if (!drain()) {
          return false;
        }
        boolean handshake = engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        if (!handshake && !sources[sources.length - 1].hasRemaining() && !anyRemaining(sources)) {
          return true;
        }
        encrypt(sources);
      }
    } finally {
      sending.unlock();
    }
  }

  private static boolean anyRemaining(ByteBuffer[] sources) {
    for (ByteBuffer source : sources) {
      if (source.hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  private void encrypt(ByteBuffer[] sources) throws IOException {
    out.clear();
    try {
      int packet = out.capacity() / PACKETS;
      do {
        SSLEngineResult result = engine.wrap(sources, out);
        if (result.getStatus() != SSLEngineResult.Status.OK) {
          throw new EOFException("the server closed the connection");
        }
      } while (out.remaining() >= packet && anyRemaining(sources));
    } finally {
      out.flip();
    }
  }

  /** Sends encrypted bytes. Returns true if all have been sent. */
  private boolean drain() throws IOException {
    while (out.hasRemaining()) {
      if (channel.write(out) == 0) {
        return false;
      }
    }
    return true;
  }
}
