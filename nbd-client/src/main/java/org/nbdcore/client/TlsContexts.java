package org.nbdcore.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.tls.ServerTrust;

/** Creates the TLS context for a URI. */
final class TlsContexts {

  private static final char[] NO_PASSWORD = {};

  private TlsContexts() {}

  /**
   * Returns the context for a URI. It uses the URI's {@code tls-certificates} folder: ca-cert.pem
   * and, for servers that ask for them, client-cert.pem and client-key.pem. Without such a folder,
   * it uses the JDK's trust store.
   */
  static SSLContext of(@Nullable NbdUri uri, boolean verifyPeer) throws IOException {
    String type = uri == null ? null : uri.parameter("tls-type");
    if (type != null && !type.equals("x509")) {
      throw NbdClientException.broken(
          "this client knows TLS with certificates (tls-type=x509) and with pre-shared keys"
              + " (tls-type=psk), not tls-type="
              + type,
          null);
    }
    Path folder = uri == null ? null : uri.path("tls-certificates");
    try {
      if (folder == null && verifyPeer) {
        return SSLContext.getDefault();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          folder == null ? null : keys(folder),
          folder != null && verifyPeer
              ? trust(folder)
              : new TrustManager[] {ServerTrust.trustAll()},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw NbdClientException.broken(
          "cannot set up TLS"
              + (folder == null ? "" : " with the certificates in " + folder)
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static TrustManager[] trust(Path folder) throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (X509Certificate certificate : PemFiles.certificates(folder.resolve("ca-cert.pem"))) {
      store.setCertificateEntry("ca" + number++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager @Nullable [] keys(Path folder)
      throws IOException, GeneralSecurityException {
    Path key = folder.resolve("client-key.pem");
    if (!Files.exists(key)) {
      return null;
    }
    KeyStore store = emptyStore();
    X509Certificate[] chain =
        PemFiles.certificates(folder.resolve("client-cert.pem")).toArray(new X509Certificate[0]);
    store.setKeyEntry("client", PemFiles.privateKey(key), NO_PASSWORD, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, NO_PASSWORD);
    return store;
  }
}
