package org.nbdcore.server.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;

/** A private key of the server and the certificates that go with it. */
final class OwnKey {

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

  /** Whether the key is of an algorithm, such as EC. */
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
