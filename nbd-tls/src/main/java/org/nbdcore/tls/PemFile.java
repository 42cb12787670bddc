package org.nbdcore.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads PEM files with certificates and private keys, as OpenSSL and GnuTLS write them. Needs only
 * the JDK.
 */
public final class PemFile {

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN (CERTIFICATE|X509 CERTIFICATE|PKCS7)-----[^-]*-----END \\1-----");

  private PemFile() {}

  /**
   * Reads all certificates of a file, in order. Ignores other content of the file, such as a
   * private key or text.
   *
   * @throws IOException if the file cannot be read, or contains no certificate
   */
  public static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> certificates = certificatesIfAny(file);
    if (certificates.isEmpty()) {
      throw new IOException("there is no certificate in it");
    }
    return certificates;
  }

  /**
   * Reads all certificates of a file, like {@link #certificates}, but accepts a file without any.
   *
   * @throws IOException if the file cannot be read
   */
  public static List<X509Certificate> certificatesIfAny(Path file)
      throws IOException, GeneralSecurityException {
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<X509Certificate> certificates = new ArrayList<>();
    if (!text.contains("-----BEGIN ")) {
      read(bytes, certificates);
      return certificates;
    }
    // The JDK would parse every section as a certificate.
    Matcher section = CERTIFICATE.matcher(text);
    while (section.find()) {
      read(section.group().getBytes(StandardCharsets.ISO_8859_1), certificates);
    }
    return certificates;
  }

  private static void read(byte[] encoded, List<X509Certificate> into)
      throws GeneralSecurityException {
    InputStream in = new ByteArrayInputStream(encoded);
    for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
      into.add((X509Certificate) certificate);
    }
  }

  /**
   * Reads the first private key of a file: PKCS#8, PKCS#1 (RSA) or SEC 1 (elliptic curves), not
   * encrypted.
   *
   * @throws IOException if the file cannot be read, or contains no such key
   */
  public static PrivateKey privateKey(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    byte[] key = section(text, "PRIVATE KEY");
    if (key == null) {
      byte[] rsa = section(text, "RSA PRIVATE KEY");
      byte[] curve = section(text, "EC PRIVATE KEY");
      if (rsa != null) {
        key = Pkcs8.ofRsa(rsa);
      } else if (curve != null) {
        key = Pkcs8.ofCurve(curve, section(text, "EC PARAMETERS"));
      } else {
        throw new IOException("there is no unencrypted private key in it");
      }
    }
    return decoded(new PKCS8EncodedKeySpec(key));
  }

  /** Returns the content between the lines BEGIN and END; null if it is missing or encrypted. */
  private static byte @Nullable [] section(String text, String label) throws IOException {
    String begin = "-----BEGIN " + label + "-----";
    int start = text.indexOf(begin);
    int end = text.indexOf("-----END " + label + "-----", Math.max(start, 0));
    if (start < 0 || end < 0) {
      return null;
    }
    String base64 = text.substring(start + begin.length(), end);
    if (base64.contains("ENCRYPTED")) {
      return null;
    }
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IOException("its private key is not in base 64", e);
    }
  }

  private static PrivateKey decoded(PKCS8EncodedKeySpec key) throws IOException {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(key);
      } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
        continue; // a key of another algorithm
      }
    }
    throw new IOException("its private key is for none of " + String.join(", ", ALGORITHMS));
  }
}
