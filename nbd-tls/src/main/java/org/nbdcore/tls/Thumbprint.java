package org.nbdcore.nfc;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;

/** Thumbprints of certificates in hexadecimal. */
final class Thumbprint {

  private static final HexFormat COLONS = HexFormat.ofDelimiter(":").withUpperCase();

  private Thumbprint() {}

  /**
   * True if text is the SHA-1 or SHA-256 thumbprint of a certificate. Colons and case do not
   * matter.
   */
  static boolean matches(String text, X509Certificate certificate)
      throws CertificateEncodingException {
    String wanted = text.replace(":", "").toUpperCase(Locale.ROOT);
    String algorithm = wanted.length() == 64 ? "SHA-256" : "SHA-1";
    return of(certificate, algorithm).replace(":", "").equals(wanted);
  }

  /** Returns the thumbprint as VMware writes it: pairs in upper case, separated by colons. */
  static String of(X509Certificate certificate, String algorithm)
      throws CertificateEncodingException {
    try {
      return COLONS.formatHex(
          MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
