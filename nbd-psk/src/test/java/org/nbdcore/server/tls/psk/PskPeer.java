package org.nbdcore.server.tls.psk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Vector;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.PSKTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.nbdcore.server.tls.TlsCodec;

/** A TLS client of Bouncy Castle with alice's key, connected to a server's codec in memory. */
final class PskPeer extends PSKTlsClient {

  /** All cipher suites, those with shorter keys first. */
  static final int[] ALL = {
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
  };

  private static final byte[] USER = "alice".getBytes(StandardCharsets.UTF_8);
  private static final byte[] KEY = {0, 0x11, (byte) 0xaa, (byte) 0xff};
  private static final int ROUNDS = 100;

  private final int[] suites;

  private PskPeer(int[] suites) {
    super(new BcTlsCrypto(new SecureRandom()), USER, KEY);
    this.suites = suites;
  }

  /** Completes the handshake, and offers the given cipher suites. */
  static void join(TlsCodec server, int... suites) throws IOException {
    TlsClientProtocol client = new TlsClientProtocol();
    client.connect(new PskPeer(suites));
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] sent = new byte[client.getAvailableOutputBytes()];
      client.readOutput(sent, 0, sent.length);
      boolean complete = server.handshake(toServer.put(sent).flip(), toClient);
      toServer.compact();
      byte[] received = new byte[toClient.flip().remaining()];
      toClient.get(received).clear();
      client.offerInput(received);
      if (complete && !client.isHandshaking()) {
        return;
      }
    }
    throw new AssertionError("the handshake does not end");
  }

  /** Whether any suite is one of TLS 1.3. */
  private boolean newest() {
    return Arrays.stream(suites).anyMatch(suite -> suite >> 8 == 0x13);
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return newest()
        ? ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12)
        : ProtocolVersion.TLSv12.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return suites.clone();
  }

  @Override
  public short[] getPskKeyExchangeModes() {
    return new short[] {PskKeyExchangeMode.psk_dhe_ke};
  }

  @Override
  @SuppressWarnings({"rawtypes", "unchecked"}) // as the library has it
  public Vector getExternalPSKs() {
    if (!newest()) {
      return null;
    }
    Vector keys = new Vector();
    keys.add(
        new BasicTlsPSKExternal(
            USER, getCrypto().createSecret(KEY), PRFAlgorithm.tls13_hkdf_sha256));
    return keys;
  }
}
