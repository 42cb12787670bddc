package org.nbdcore.plugin.vddk;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-1 thumbprints of certificates, as people write them. */
final class Thumbprints {

  private static final Pattern FORM = Pattern.compile("\\p{XDigit}{2}(:\\p{XDigit}{2}){19}");

  private Thumbprints() {}

  static boolean wellFormed(String text) {
    return FORM.matcher(text).matches();
  }

  /** The thumbprint of a certificate. */
  static String of(Certificate certificate) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
      return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has SHA-1 and encoded certificates", e);
    }
  }

  /** Whether two spellings mean the same. */
  static boolean same(String one, String other) {
    return one.equalsIgnoreCase(other);
  }
}
