package org.nbdcore.plugin.s3;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** AWS Signature Version 4, with the signature in the header {@code Authorization}. */
final class AwsSignature {

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final int DATE = "20130524".length();

  private AwsSignature() {}

  /**
   * The value of {@code Authorization}.
   *
   * @param path encoded, as it is sent
   * @param query encoded, as it is sent, with sorted parameters
   * @param headers the signed headers, including host, x-amz-date and x-amz-content-sha256
   */
  static String authorization(
      AwsAccount account, String method, String path, String query, Map<String, String> headers) {
    SortedMap<String, String> sorted = new TreeMap<>(headers);
    String time = sorted.get("x-amz-date");
    String scope = time.substring(0, DATE) + "/" + account.region() + "/s3/aws4_request";
    String signed = String.join(";", sorted.keySet());
    StringBuilder request = new StringBuilder();
    request.append(method).append('\n').append(path).append('\n').append(query).append('\n');
    sorted.forEach(
        (name, value) -> request.append(name).append(':').append(value.strip()).append('\n'));
    request.append('\n').append(signed).append('\n').append(sorted.get("x-amz-content-sha256"));
    String text = ALGORITHM + "\n" + time + "\n" + scope + "\n" + sha256(bytes(request.toString()));
    byte[] key = bytes("AWS4" + account.secretKey().reveal());
    for (String part : scope.split("/")) {
      key = hmac(key, part);
    }
    return ALGORITHM
        + " Credential="
        + account.accessKey()
        + "/"
        + scope
        + ",SignedHeaders="
        + signed
        + ",Signature="
        + HexFormat.of().formatHex(hmac(key, text));
  }

  /** The hexadecimal digest of a body. */
  static String sha256(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Escapes everything except what RFC 3986 calls unreserved, and perhaps slashes. */
  static String encoded(String text, boolean slashes) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : bytes(text)) {
      char c = (char) (b & 0xff);
      boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
      if (letter || "-._~".indexOf(c) >= 0 || slashes && c == '/') {
        encoded.append(c);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes(text));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
