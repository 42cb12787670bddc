package org.nbdcore.server.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** A TLS session with certificates, with the JDK's {@link SSLEngine}. */
final class EngineCodec implements TlsCodec {

  private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};

  private final SSLEngine engine;
  private @Nullable ByteBuffer scratch; // for the handshake, once data has arrived
  private volatile boolean pending;

  EngineCodec(SSLEngine engine) throws SSLException {
    this.engine = engine;
    engine.setUseClientMode(false);
    engine.beginHandshake();
  }

  @Override
  public boolean handshake(ByteBuffer in, ByteBuffer out) throws IOException {
    boolean complete = step(in, out);
    if (complete) {
      scratch = null;
    }
    return complete;
  }

  private boolean step(ByteBuffer in, ByteBuffer out) throws IOException {
    while (true) {
      SSLEngineResult result;
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          runTasks();
          continue;
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!in.hasRemaining() && engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
            return false;
          }
          if (scratch == null) {
            scratch = ByteBuffer.allocate(RECORD + 1024);
          }
          result = engine.unwrap(in, scratch.clear());
        }
        case NEED_WRAP -> result = engine.wrap(NOTHING, out);
        default -> {
          return true;
        }
      }
      switch (result.getStatus()) {
        case BUFFER_UNDERFLOW, BUFFER_OVERFLOW -> {
          return false;
        }
        case CLOSED -> throw new SSLException("the client ended the TLS handshake");
        default -> {}
      }
      if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
        return true;
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

  @Override
  public int decrypt(ByteBuffer in, ByteBuffer dst) throws IOException {
    int produced = 0;
    while (in.hasRemaining() && dst.remaining() >= RECORD) {
      SSLEngineResult result = engine.unwrap(in, dst);
      switch (result.getStatus()) {
        case BUFFER_UNDERFLOW -> {
          return produced;
        }
        case CLOSED -> {
          return produced > 0 ? produced : -1;
        }
        case BUFFER_OVERFLOW -> throw new SSLException("a TLS record is longer than allowed");
        default -> produced += result.bytesProduced();
      }
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        refuseRenegotiation();
        runTasks();
      }
      if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        pending = true;
        return produced;
      }
    }
    return produced;
  }

  /**
   * Refuses a renegotiation. In TLS 1.3, handshake messages after the handshake are normal; in TLS
   * 1.2 they start a renegotiation.
   */
  private void refuseRenegotiation() throws SSLException {
    if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
      throw new SSLException("the client wants to renegotiate the TLS session, which is refused");
    }
  }

  @Override
  public void encrypt(ByteBuffer[] srcs, int first, int end, ByteBuffer out) throws IOException {
    pending = false;
    SSLEngineResult result = engine.wrap(srcs, first, end - first, out);
    switch (result.getStatus()) {
      case CLOSED -> throw new SSLException("the client has ended the TLS session");
      case BUFFER_OVERFLOW -> throw new SSLException("no room for a TLS record");
      default -> {}
    }
  }

  @Override
  public boolean hasPending() {
    return pending;
  }

  @Override
  public void releaseBuffers() {
    scratch = null;
  }

  @Override
  public void close(ByteBuffer out) throws IOException {
    engine.closeOutbound();
    while (!engine.isOutboundDone()) {
      SSLEngineResult result = engine.wrap(NOTHING, out);
      if (result.getStatus() != SSLEngineResult.Status.OK || result.bytesProduced() == 0) {
        return;
      }
    }
  }

  @Override
  public Optional<X500Principal> issuer() {
    try {
      return engine.getSession().getPeerCertificates()[0] instanceof X509Certificate certificate
          ? Optional.of(certificate.getIssuerX500Principal())
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Principal> peer() {
    try {
      return Optional.of(engine.getSession().getPeerPrincipal());
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  @Override
  public String describe() {
    return "certificates, "
        + engine.getSession().getProtocol()
        + ", "
        + engine.getSession().getCipherSuite();
  }
}
