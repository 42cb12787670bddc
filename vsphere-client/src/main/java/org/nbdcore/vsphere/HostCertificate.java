package org.nbdcore.vsphere;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.nbdcore.tls.Thumbprint;

/** The certificate that a server presents. The user must decide whether to trust it. */
public final class HostCertificate {

  private final X509Certificate certificate;

  private HostCertificate(X509Certificate certificate) {
    this.certificate = certificate;
  }

  /** Connects and fetches the certificate. Does not trust it, and sends no data. */
  public static HostCertificate fetch(String host, int port, Duration timeout) throws IOException {
    AtomicReference<X509Certificate> seen = new AtomicReference<>();
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
      plain.setSoTimeout((int) timeout.toMillis());
      try (SSLSocket tls =
          (SSLSocket) context(seen).getSocketFactory().createSocket(plain, host, port, true)) {
        tls.startHandshake();
      } catch (SSLException e) {
        if (seen.get() == null) {
          throw new VsphereException(host + ":" + port + " does not answer as a TLS server", e);
        }
      }
    }
    return new HostCertificate(seen.get());
  }

  private static SSLContext context(AtomicReference<X509Certificate> seen) {
    X509TrustManager manager =
        new X509TrustManager() {
          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type)
              throws CertificateException {
            seen.set(chain[0]);
            throw new CertificateException("only looked at");
          }

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type)
              throws CertificateException {
            throw new CertificateException("not a server");
          }

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {manager}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns the thumbprint as VMware writes it: pairs in upper case, separated by colons.
   *
   * @param algorithm {@code SHA-1} or {@code SHA-256}
   */
  public String thumbprint(String algorithm) throws IOException {
    try {
      return Thumbprint.of(certificate, algorithm);
    } catch (CertificateException e) {
      throw new VsphereException("the certificate cannot be read", e);
    }
  }

  /** Returns the subject of the certificate. */
  public String subject() {
    return Text.printable(certificate.getSubjectX500Principal().getName());
  }
}
