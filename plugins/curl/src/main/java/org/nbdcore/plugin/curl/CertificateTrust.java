package org.nbdcore.plugin.curl;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Which certificates of web servers are believed. */
final class CertificateTrust {

  private CertificateTrust() {}

  /** Trusts every certificate. */
  static SSLContext everybody() throws IOException {
    return context(new TrustManager[] {new Credulous()});
  }

  /**
   * Those that an authority of the user's has signed, or the JDK's where none is named.
   *
   * @param bundle PEM certificates, one after the other; an empty path for none at all
   * @param folder of files with one PEM certificate each
   */
  static SSLContext of(Optional<Path> bundle, Optional<Path> folder) throws IOException {
    if (bundle.isEmpty() && folder.isEmpty()) {
      return context(null);
    }
    try {
      KeyStore authorities = KeyStore.getInstance("PKCS12");
      authorities.load(null, null);
      if (bundle.isPresent() && !bundle.get().toString().isEmpty()) {
        if (add(authorities, bundle.get()) == 0) {
          throw new IOException(bundle.get() + " holds no certificate");
        }
      }
      if (folder.isPresent()) {
        addAll(authorities, folder.get());
      }
      if (authorities.size() == 0) {
        return context(new TrustManager[] {new Distrustful()});
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(authorities);
      return context(factory.getTrustManagers());
    } catch (GeneralSecurityException e) {
      throw new IOException("certificates cannot be used: " + e.getMessage(), e);
    }
  }

  private static void addAll(KeyStore authorities, Path folder)
      throws IOException, GeneralSecurityException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
      for (Path file : files) {
        try {
          add(authorities, file);
        } catch (CertificateException e) {
          // the folders of systems hold other files, too
        }
      }
    }
  }

  private static int add(KeyStore authorities, Path file)
      throws IOException, GeneralSecurityException {
    int count = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        authorities.setCertificateEntry(file + " " + count++, each);
      }
    }
    return count;
  }

  private static SSLContext context(TrustManager[] managers) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  /** Believes everything. As it is an extended one, the JDK does not look at names behind it. */
  private static class Credulous extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("we are no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("we are no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("we are no server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** Believes nothing, as no authority was named. */
  private static final class Distrustful extends Credulous {

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("cainfo= and capath= name no authority");
    }
  }
}
