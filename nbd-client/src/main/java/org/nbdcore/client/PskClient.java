package org.nbdcore.client;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Vector;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.PSKTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/** The TLS client with a pre-shared key, for Bouncy Castle. */
final class PskClient extends PSKTlsClient {

  /** For TLS 1.3, only suites with SHA-256, because a pre-shared key is bound to one hash. */
  private static final int[] SUITES = {
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_DHE_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_PSK_WITH_AES_256_GCM_SHA384,
  };

  PskClient(PskKey key) {
    super(
        new BcTlsCrypto(new SecureRandom()),
        key.user().getBytes(StandardCharsets.UTF_8),
        key.key());
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return SUITES.clone();
  }

  @Override
  public short[] getPskKeyExchangeModes() {
    return new short[] {PskKeyExchangeMode.psk_dhe_ke, PskKeyExchangeMode.psk_ke};
  }

  @Override
  @SuppressWarnings({"rawtypes", "unchecked"}) // as the library has it
  public Vector getExternalPSKs() {
    Vector keys = new Vector();
    keys.add(
        new BasicTlsPSKExternal(
            pskIdentity.getPSKIdentity(),
            getCrypto().createSecret(pskIdentity.getPSK()),
            PRFAlgorithm.tls13_hkdf_sha256));
    return keys;
  }
}
