package org.nbdcore.server.tls.psk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.PSKTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.util.Arrays;
import org.nbdcore.server.tls.TlsPriority;

/** The settings of a server with pre-shared keys, for Bouncy Castle. */
final class PskServer extends PSKTlsServer {

  private static final int[] SHORTER_KEYS = {
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
  };

  private static final int[] KEYS_OF_256_BITS = {
    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_DHE_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_PSK_WITH_AES_256_GCM_SHA384,
  };

  private final PreSharedKeys keys;
  private final TlsPriority priority;
  private volatile String user;

  PskServer(TlsCrypto crypto, PreSharedKeys keys, TlsPriority priority) {
    super(crypto, new Identities(keys));
    this.keys = keys;
    this.priority = priority;
    ((Identities) pskIdentityManager).server = this;
  }

  /** The name of the client's key, or null before the handshake is complete. */
  String user() {
    return user;
  }

  /** The version and the number of the cipher suite. Call it only after the handshake. */
  String describe() {
    return String.format(
        Locale.ROOT,
        "pre-shared key, %s, cipher suite 0x%04x",
        context.getServerVersion(),
        context.getSecurityParametersConnection().getCipherSuite());
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    List<ProtocolVersion> versions = new ArrayList<>();
    for (String version : priority.versions()) {
      versions.add(version.equals("TLSv1.3") ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12);
    }
    return versions.toArray(ProtocolVersion[]::new);
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return priority.minimumKeyBits() > 128
        ? KEYS_OF_256_BITS.clone()
        : Arrays.concatenate(SHORTER_KEYS, KEYS_OF_256_BITS);
  }

  @Override
  public short[] getPskKeyExchangeModes() {
    return new short[] {PskKeyExchangeMode.psk_dhe_ke, PskKeyExchangeMode.psk_ke};
  }

  @Override
  @SuppressWarnings("rawtypes") // as the library has it
  public TlsPSKExternal getExternalPSK(Vector identities) {
    for (Object element : identities) {
      byte[] identity = ((PskIdentity) element).getIdentity();
      String name = new String(identity, StandardCharsets.UTF_8);
      byte[] key = keys.key(name);
      if (key != null) {
        user = name;
        return new BasicTlsPSKExternal(
            identity, getCrypto().createSecret(key), PRFAlgorithm.tls13_hkdf_sha256);
      }
    }
    return null;
  }

  /**
   * Called if the client has none of the keys. The server offers no other key exchange. Without
   * this method, Bouncy Castle would report an internal error.
   */
  @Override
  public TlsCredentials getCredentials() throws IOException {
    if (TlsUtils.isTLSv13(context)) {
      throw new TlsFatalAlert(
          AlertDescription.handshake_failure, "the client has none of the pre-shared keys");
    }
    return super.getCredentials();
  }

  @Override
  public void notifyAlertRaised(short level, short description, String message, Throwable cause) {
    // the failure is logged as an exception
  }

  /** Finds keys for TLS 1.2. */
  private static final class Identities implements TlsPSKIdentityManager {

    private final PreSharedKeys keys;
    private PskServer server;

    Identities(PreSharedKeys keys) {
      this.keys = keys;
    }

    @Override
    public byte[] getHint() {
      return null;
    }

    @Override
    public byte[] getPSK(byte[] identity) {
      String name = new String(identity, StandardCharsets.UTF_8);
      byte[] key = keys.key(name);
      if (key != null) {
        server.user = name;
      }
      return key;
    }
  }
}
