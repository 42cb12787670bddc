package org.nbdcore.server.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The server's one key and the certificates that go with it, handed to the JDK as they are. A key
 * store would encrypt and decrypt the key, with ten thousand rounds of hashing each time, in a JVM
 * that has just started.
 */
final class OwnKey extends X509ExtendedKeyManager {

  private static final String ALIAS = "server";

  /** Something to sign. */
  private static final byte[] PROBE = {1};

  private final PrivateKey key;
  private final X509Certificate[] chain;

  /**
   * Takes both.
   *
   * @param chain the key's own certificate first; not empty
   */
  OwnKey(PrivateKey key, X509Certificate[] chain) {
    this.key = key;
    this.chain = chain;
  }

  /** Whether the key is that of the first certificate: what it signs, the certificate verifies. */
  boolean matches() throws GeneralSecurityException {
    PublicKey certified = chain[0].getPublicKey();
    if (key instanceof RSAKey mine && certified instanceof RSAKey theirs) {
      return mine.getModulus().equals(theirs.getModulus());
    }
    if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
      return false;
    }
    boolean curve = key.getAlgorithm().equals("EC");
    Signature signature = Signature.getInstance(curve ? "SHA256withECDSA" : key.getAlgorithm());
    try {
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (InvalidKeyException | SignatureException e) {
      return false; // they are not on one curve
    }
  }

  private boolean isOf(String type) {
    return chain[0].getPublicKey().getAlgorithm().equals(type);
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return isOf(type) ? ALIAS : null;
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return isOf(type) ? ALIAS : null;
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return isOf(type) ? new String[] {ALIAS} : null;
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return null; // it is a server's
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return ALIAS.equals(alias) ? chain.clone() : null;
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return ALIAS.equals(alias) ? key : null;
  }
}
