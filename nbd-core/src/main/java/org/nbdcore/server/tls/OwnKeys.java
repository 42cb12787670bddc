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
 * The server's keys and the certificates that go with them, handed to the JDK as they are. A key
 * store would encrypt and decrypt each key, with ten thousand rounds of hashing each time, in a JVM
 * that has just started.
 */
final class OwnKeys extends X509ExtendedKeyManager {

  /** The place of a key is its alias. */
  private final List<OwnKey> keys;

  /** Takes the keys; of several with the same algorithm, only the first is used. */
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
    return null; // they are a server's
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
