package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate with its key, of use for tests alone. */
public enum Certificate {
  /** The one that a host shows unless told otherwise. */
  HOST,
  /** Another one. */
  OTHER;

  private static final char[] PASSWORD = "testing".toCharArray();

  private KeyStore keyStore() {
    String file = name().toLowerCase(java.util.Locale.ROOT) + ".p12";
    try (InputStream in = Certificate.class.getResourceAsStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD);
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  SSLContext context() {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(keyStore(), PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The fingerprint in the form of VMware's: upper case, with colons. */
  public String thumbprint(String algorithm) {
    try {
      KeyStore store = keyStore();
      byte[] encoded = store.getCertificate(store.aliases().nextElement()).getEncoded();
      return HexFormat.ofDelimiter(":")
          .withUpperCase()
          .formatHex(MessageDigest.getInstance(algorithm).digest(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
