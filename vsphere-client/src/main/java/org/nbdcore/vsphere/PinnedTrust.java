package org.nbdcore.vsphere;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.nbdcore.tls.ServerTrust;

/** Trusts only the certificate with one thumbprint, whatever host name it contains. */
final class PinnedTrust extends ServerTrust {

  private static final HexFormat COLONS = HexFormat.ofDelimiter(":").withUpperCase();
  private static final int SHA_256_DIGITS = 64;

  private final String thumbprint;

  private PinnedTrust(String thumbprint) {
    this.thumbprint = thumbprint;
  }

  static SSLContext context(String thumbprint) {
    return new PinnedTrust(thumbprint).context();
  }

  /** Returns the thumbprint as VMware writes it: pairs in upper case, separated by colons. */
  static String thumbprint(X509Certificate certificate, String algorithm)
      throws CertificateEncodingException {
    try {
      return COLONS.formatHex(
          MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected void check(X509Certificate[] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("the server shows no certificate");
    }
    String wanted = thumbprint.replace(":", "").toUpperCase(Locale.ROOT);
    String algorithm = wanted.length() == SHA_256_DIGITS ? "SHA-256" : "SHA-1";
    String actual = thumbprint(chain[0], algorithm);
    if (!actual.replace(":", "").equals(wanted)) {
      throw new CertificateException(
          "the server's certificate has the thumbprint " + actual + ", not " + thumbprint);
    }
  }
}
