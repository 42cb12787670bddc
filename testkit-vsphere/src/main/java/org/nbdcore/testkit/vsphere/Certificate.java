package org.nbdcore.testkit.vsphere;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate with its key, for tests only. */
public enum Certificate {
  /** The certificate that a host presents by default. */
  HOST,
  /** Another certificate. */
  OTHER;

  /** Read once, because the key derivation of PKCS #12 takes longer than many tests. */
  private final KeyManager[] keys;

  private final X509Certificate certificate;

  Certificate() {
    String file = name().toLowerCase(Locale.ROOT) + ".p12";
    char[] password = "testing".toCharArray();
    try (InputStream in = Certificate.class.getResourceAsStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, password);
      keys = factory.getKeyManagers();
      certificate = (X509Certificate) store.getCertificate(store.aliases().nextElement());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Creates a new context, so that no TLS session of another host is resumed. */
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the thumbprint as VMware writes it: upper case, with colons. */
  public String thumbprint(String algorithm) {
    try {
      return HexFormat.ofDelimiter(":")
          .withUpperCase()
          .formatHex(MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
