package org.nbdcore.server.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;

/** A private key of the server with its certificate chain. */
final class OwnKey {

  /** Data to sign as a test. */
  private static final byte[] PROBE = {1};

  private final PrivateKey key;
  private final X509Certificate[] chain;

  /**
   * Combines a key and its certificates.
   *
   * @param chain the certificate of the key first; not empty
   */
  OwnKey(PrivateKey key, X509Certificate[] chain) {
    this.key = key;
    this.chain = chain;
  }

  /** True if the key belongs to the first certificate, which must verify a signature of the key. */
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
      return false; // the key and the certificate are on different curves
    }
  }

  /** True if the key is for an algorithm, such as EC. */
  boolean isOf(String type) {
    return chain[0].getPublicKey().getAlgorithm().equals(type);
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate[] chain() {
    return chain.clone();
  }
}
