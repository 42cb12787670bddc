package org.nbdcore.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * Reads an unencrypted private key from a PEM file. PKCS#8, which most programs write, is read with
 * what the JDK has; Bouncy Castle, whose signed classes take long to load, is left to {@link
 * OlderPemKey}.
 */
final class PemKey {

  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private PemKey() {}

  static PrivateKey read(Path file) throws IOException {
    String text = Files.readString(file);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END, Math.max(begin, 0));
    return begin >= 0 && end >= 0
        ? pkcs8(text.substring(begin + BEGIN.length(), end))
        : OlderPemKey.read(text);
  }

  private static PrivateKey pkcs8(String base64) throws IOException {
    PKCS8EncodedKeySpec spec;
    try {
      spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new IOException("its private key is not in base 64", e);
    }
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
        continue; // it is for another one
      }
    }
    throw new IOException("its private key is for none of " + String.join(", ", ALGORITHMS));
  }
}
