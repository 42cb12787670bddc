package org.nbdcore.nfc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * Blocking TLS. Reads one record at a time and never a byte beyond it, because another protocol
 * follows the login on the same connection.
 */
final class RecordTls implements BlockingWire {

  private static final int RECORD_HEADER = 5;
  private static final int LONGEST_RECORD = 16_384 + 2_048;

  /** Maximum number of records searched for the alert of a host that has closed the connection. */
  private static final int LAST_RECORDS = 16;

  private final BlockingWire wire;
  private final SSLEngine engine;
  private final ByteBuffer record = ByteBuffer.allocate(RECORD_HEADER + LONGEST_RECORD);
  private final ByteBuffer out;

  /** Decrypted bytes that have not been read; always in read mode. */
  private final ByteBuffer plain;

  RecordTls(BlockingWire wire, SSLEngine engine) {
    this.wire = wire;
    this.engine = engine;
    out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    plain.flip();
  }

  void handshake() throws IOException {
    engine.beginHandshake();
    try {
      HandshakeStatus status = engine.getHandshakeStatus();
      while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
        status = advance(status);
      }
    } catch (SSLException e) {
      throw new SSLException("TLS: " + innermost(e), e);
    }
  }

  private HandshakeStatus advance(HandshakeStatus status) throws IOException {
    switch (status) {
      case NEED_TASK -> {
        runTasks();
        return engine.getHandshakeStatus();
      }
      case NEED_WRAP -> {
        return wrap(ByteBuffer.allocate(0));
      }
      default -> {
        return unwrap().getHandshakeStatus();
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

  private HandshakeStatus wrap(ByteBuffer src) throws IOException {
    out.clear();
    SSLEngineResult result;
    try {
      result = engine.wrap(src, out);
    } catch (SSLException e) {
      sendAlert();
      throw e;
    }
    out.flip();
    try {
      wire.write(out);
    } catch (IOException e) {
      throw alert(e);
    }
    return result.getHandshakeStatus();
  }

  /** Returns why the host refuses data: an alert that it sent earlier can still be read. */
  private IOException alert(IOException writing) {
    try {
      for (int records = 0; records < LAST_RECORDS; records++) {
        unwrap();
        plain.clear().limit(0);
      }
    } catch (SSLException e) {
      e.addSuppressed(writing);
      return e;
    } catch (IOException e) {
      writing.addSuppressed(e);
    }
    return writing;
  }

  /** Sends the server an alert with the reason for the failed handshake. */
  private void sendAlert() throws IOException {
    out.clear();
    engine.wrap(ByteBuffer.allocate(0), out);
    out.flip();
    wire.write(out);
  }

  /** Reads and decrypts one record. */
  private SSLEngineResult unwrap() throws IOException {
    record.clear().limit(RECORD_HEADER);
    wire.readFully(record);
    int length = record.order(ByteOrder.BIG_ENDIAN).getShort(3) & 0xffff;
    if (length > LONGEST_RECORD) {
      throw new SSLException("not TLS: a record of " + length + " bytes");
    }
    record.limit(RECORD_HEADER + length).position(RECORD_HEADER);
    wire.readFully(record);
    plain.compact();
    SSLEngineResult result;
    do {
      result = engine.unwrap(record, plain);
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        runTasks();
      }
      // one record may hold several handshake messages
    } while (record.hasRemaining() && result.bytesConsumed() > 0);
    plain.flip();
    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      throw new EOFException("the server ended TLS");
    }
    if (record.hasRemaining()) {
      throw new SSLException("a record could not be decrypted: " + result.getStatus());
    }
    return result;
  }

  @Override
  public void readFully(ByteBuffer dst) throws IOException {
    while (dst.hasRemaining()) {
      if (!plain.hasRemaining()) {
        unwrap();
        continue;
      }
      int n = Math.min(dst.remaining(), plain.remaining());
      dst.put(dst.position(), plain, plain.position(), n);
      dst.position(dst.position() + n);
      plain.position(plain.position() + n);
    }
    dst.flip();
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    while (src.hasRemaining()) {
      wrap(src);
    }
  }

  SSLEngine engine() {
    return engine;
  }

  /** Returns the decrypted bytes that have not been read. */
  ByteBuffer unread() {
    return plain;
  }

  private static String innermost(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage();
  }
}
