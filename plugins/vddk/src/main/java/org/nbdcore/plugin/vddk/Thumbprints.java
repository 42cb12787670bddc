package org.nbdcore.plugin.vddk;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Converts thumbprints of certificates to the format that VDDK requires: SHA-1, in pairs with
 * colons.
 */
final class Thumbprints {

  private static final Pattern FORM = Pattern.compile("\\p{XDigit}{2}(:\\p{XDigit}{2}){19}");
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":").withUpperCase();
  private static final Pattern SEPARATORS = Pattern.compile("[:\\s-]");
  private static final Pattern HEXADECIMAL = Pattern.compile("\\p{XDigit}+");

  private Thumbprints() {}

  /** True if VDDK accepts it. */
  static boolean wellFormed(String text) {
    return FORM.matcher(text).matches();
  }

  /** Converts a SHA-1 thumbprint to the format that VDDK accepts. Other texts stay unchanged. */
  static String toVddkFormat(String text) {
    return wellFormed(text) || !"SHA-1".equals(algorithm(text))
        ? text
        : COLONS.formatHex(HexFormat.of().parseHex(digits(text)));
  }

  /** The thumbprint of a certificate, in VDDK's format. */
  static String of(Certificate certificate) {
    return COLONS.formatHex(hash(certificate, "SHA-1"));
  }

  private static byte[] hash(Certificate certificate, String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm).digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has " + algorithm + " and certificates", e);
    }
  }

  /**
   * True if a text is the thumbprint of a certificate: SHA-1, SHA-256 or SHA-512, with any
   * separators, in any case.
   */
  static boolean isOf(String text, Certificate certificate) {
    String algorithm = algorithm(text);
    return algorithm != null
        && digits(text).equals(HexFormat.of().formatHex(hash(certificate, algorithm)));
  }

  /** The hash algorithm whose thumbprints have the length of this text; null if there is none. */
  static String algorithm(String text) {
    String digits = digits(text);
    if (!HEXADECIMAL.matcher(digits).matches()) {
      return null;
    }
    return switch (digits.length()) {
      case 40 -> "SHA-1";
      case 64 -> "SHA-256";
      case 128 -> "SHA-512";
      default -> null;
    };
  }

  private static String digits(String text) {
    return SEPARATORS.matcher(text).replaceAll("").toLowerCase(Locale.ROOT);
  }
}
