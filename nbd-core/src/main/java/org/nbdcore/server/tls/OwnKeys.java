package org.nbdcore.server.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A key manager for the server's keys and certificates, without a key store. A key store encrypts
 * and decrypts each key with ten thousand rounds of hashing, which is slow in a JVM that has just
 * started.
 */
final class OwnKeys extends X509ExtendedKeyManager {

  /** The alias of a key is its index. */
  private final List<OwnKey> keys;

  /** Creates a key manager. Of several keys with the same algorithm, it uses only the first. */
  OwnKeys(List<OwnKey> keys) {
    this.keys = List.copyOf(keys);
  }

  private @Nullable String alias(String type) {
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).isOf(type)) {
        return Integer.toString(i);
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String type, Principal[] issuers, SSLEngine engine) {
    return alias(type);
  }

  @Override
  public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return alias(type);
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
    String alias = alias(type);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public @Nullable String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return null; // these keys are only for a server
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal[] issuers) {
    return null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return keys.get(Integer.parseInt(alias)).chain();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return keys.get(Integer.parseInt(alias)).key();
  }
}
