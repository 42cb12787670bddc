package org.nbdcore.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManagerFactory;

/** A TLS client of the JDK, connected to a server's codec in memory instead of by a socket. */
final class TlsPeer {

  private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};
  private static final int ROUNDS = 100;

  final SSLEngine client;
  final TlsCodec server;
  private final ByteBuffer toServer = ByteBuffer.allocate(1 << 18);
  private final ByteBuffer toClient = ByteBuffer.allocate(1 << 18);

  TlsPeer(TlsCodec server, Path authority) throws Exception {
    this.server = server;
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(authority)) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    client = context.createSSLEngine();
    client.setUseClientMode(true);
  }

  /** Completes the handshake. */
  TlsPeer join() throws Exception {
    client.beginHandshake();
    boolean complete = false;
    for (int round = 0; round < ROUNDS; round++) {
      clientSteps();
      if (complete && client.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
        return this;
      }
      toServer.flip();
      complete = complete || server.handshake(toServer, toClient);
      toServer.compact();
    }
    throw new AssertionError("the handshake does not end: " + client.getHandshakeStatus());
  }

  private void clientSteps() throws Exception {
    ByteBuffer nowhere = ByteBuffer.allocate(TlsCodec.RECORD);
    while (true) {
      switch (client.getHandshakeStatus()) {
        case NEED_TASK -> client.getDelegatedTask().run();
        case NEED_WRAP -> client.wrap(NOTHING, toServer);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          toClient.flip();
          SSLEngineResult result = client.unwrap(toClient, nowhere);
          toClient.compact();
          if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
            return;
          }
        }
        default -> {
          return;
        }
      }
    }
  }

  /** Has the client encrypt, in records of at most {@code size} bytes, and the server read. */
  byte[] toServer(byte[] bytes, int size) throws Exception {
    ByteBuffer plain = ByteBuffer.allocate(bytes.length + TlsCodec.RECORD);
    for (int at = 0; at < bytes.length; at += size) {
      ByteBuffer part = ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at));
      while (part.hasRemaining()) {
        assertThat(client.wrap(part, toServer).getStatus()).isEqualTo(SSLEngineResult.Status.OK);
      }
      serverReads(plain);
    }
    return drained(plain);
  }

  /** Has the server decrypt what there is; the last count that is not 0, or 0. */
  int serverReads(ByteBuffer plain) throws Exception {
    int last = 0;
    toServer.flip();
    try {
      int count;
      boolean pending;
      do {
        count = server.decrypt(toServer, plain);
        pending = server.hasPending();
        if (pending) {
          server.encrypt(NOTHING, 0, 1, toClient);
        }
        last = count == 0 ? last : count;
      } while (count > 0 || count == 0 && pending);
    } finally {
      toServer.compact();
    }
    return last;
  }

  /** Has the server encrypt and the client read. */
  byte[] toClient(byte[] bytes) throws Exception {
    ByteBuffer[] source = {ByteBuffer.wrap(bytes)};
    ByteBuffer plain = ByteBuffer.allocate(bytes.length + TlsCodec.RECORD);
    do {
      server.encrypt(source, 0, 1, toClient);
      clientReads(plain);
    } while (source[0].hasRemaining());
    return drained(plain);
  }

  /** Has the client decrypt what there is; how the last record ended. */
  SSLEngineResult.Status clientReads(ByteBuffer plain) throws Exception {
    toClient.flip();
    SSLEngineResult.Status status = SSLEngineResult.Status.OK;
    while (toClient.hasRemaining() && status == SSLEngineResult.Status.OK) {
      status = client.unwrap(toClient, plain).getStatus();
      for (Runnable task = client.getDelegatedTask(); task != null; ) {
        task.run();
        task = client.getDelegatedTask();
      }
    }
    toClient.compact();
    return status;
  }

  /** Has the client say that it will send no more. */
  void clientEnds() throws Exception {
    client.closeOutbound();
    client.wrap(NOTHING, toServer);
  }

  /** Has the client ask for new keys (TLS 1.3). */
  void clientRenewsKeys() throws Exception {
    client.beginHandshake();
    client.wrap(NOTHING, toServer);
  }

  /** Has the client ask for another handshake (TLS 1.2). */
  void clientRenegotiates() throws Exception {
    client.beginHandshake();
    clientSteps();
  }

  /** Has the client send all of a record but its last byte. */
  void cutOff(byte[] bytes) throws Exception {
    client.wrap(ByteBuffer.wrap(bytes), toServer);
    toServer.position(toServer.position() - 1);
  }

  /** Has the server end the session. */
  void serverEnds() throws Exception {
    server.close(toClient);
  }

  /** Changes a bit of what is on its way to the server. */
  void spoil(byte[] bytes) throws Exception {
    client.wrap(ByteBuffer.wrap(bytes), toServer);
    int last = toServer.position() - 1;
    toServer.put(last, (byte) (toServer.get(last) ^ 1));
  }

  private static byte[] drained(ByteBuffer plain) {
    byte[] bytes = new byte[plain.flip().remaining()];
    plain.get(bytes);
    return bytes;
  }
}
