package org.nbdcore.vsphere;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import org.nbdcore.tls.ServerTrust;
import org.nbdcore.tls.Thumbprint;

/** Trusts only the certificate with one thumbprint, independent of the host name in it. */
final class PinnedTrust extends ServerTrust {

  private final String thumbprint;

  private PinnedTrust(String thumbprint) {
    this.thumbprint = thumbprint;
  }

  static SSLContext context(String thumbprint) {
    return new PinnedTrust(thumbprint).context();
  }

  @Override
  protected void check(X509Certificate[] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("the server shows no certificate");
    }
    if (!Thumbprint.matches(thumbprint, chain[0])) {
      String actual = Thumbprint.of(chain[0], Thumbprint.algorithm(thumbprint));
      throw new CertificateException(
          "the server's certificate has the thumbprint " + actual + ", not " + thumbprint);
    }
  }
}
