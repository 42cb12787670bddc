package org.nbdcore.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;

/** Thumbprints of certificates in hexadecimal. */
public final class Thumbprint {

  private static final HexFormat COLONS = HexFormat.ofDelimiter(":").withUpperCase();
  private static final int SHA_256_DIGITS = 64;

  private Thumbprint() {}

  /**
   * True if text is the SHA-1 or SHA-256 thumbprint of a certificate. Colons and case do not
   * matter.
   */
  public static boolean matches(String text, X509Certificate certificate)
      throws CertificateEncodingException {
    return digits(of(certificate, algorithm(text))).equals(digits(text));
  }

  /** Returns the algorithm of a thumbprint: SHA-256 if it has that many digits, otherwise SHA-1. */
  public static String algorithm(String text) {
    return digits(text).length() == SHA_256_DIGITS ? "SHA-256" : "SHA-1";
  }

  private static String digits(String text) {
    return text.replace(":", "").toUpperCase(Locale.ROOT);
  }

  /** Returns the thumbprint as VMware writes it: pairs in upper case, separated by colons. */
  public static String of(X509Certificate certificate, String algorithm)
      throws CertificateEncodingException {
    try {
      return COLONS.formatHex(
          MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
