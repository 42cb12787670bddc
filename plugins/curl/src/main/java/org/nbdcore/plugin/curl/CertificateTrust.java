package org.nbdcore.plugin.curl;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.nbdcore.tls.PemFile;
import org.nbdcore.tls.ServerTrust;

/** Decides which certificates of web servers to trust. */
final class CertificateTrust {

  private CertificateTrust() {}

  /**
   * Trusts certificates that an authority of the user has signed, or, if none is named, one of the
   * JDK.
   *
   * @param verified false to trust every certificate
   * @param bundle PEM certificates, one after the other; an empty path for none at all
   * @param folder of files with one PEM certificate each
   */
  static SSLContext of(boolean verified, Optional<Path> bundle, Optional<Path> folder)
      throws IOException {
    if (!verified) {
      return ServerTrust.trustAll().context();
    }
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
        return new Distrustful().context();
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
    for (Certificate each : PemFile.certificatesIfAny(file)) {
      authorities.setCertificateEntry(file + " " + count++, each);
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

  /** Trusts no certificate, because the user has named no authority. */
  private static final class Distrustful extends ServerTrust {

    @Override
    protected void check(X509Certificate[] chain) throws CertificateException {
      throw new CertificateException("cainfo= and capath= name no authority");
    }
  }
}
