package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * The digest that identifies a blob (OCI Image Specification, "Digests").
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex in lower case
 */
record ContentDigest(String algorithm, String hex) {

  private static final Pattern FORM =
      Pattern.compile("(?:(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128}))");

  /** Parses a digest. Empty if the text is not a SHA-256 or SHA-512 digest. */
  static Optional<ContentDigest> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        matcher.group(1) != null
            ? new ContentDigest(matcher.group(1), matcher.group(2))
            : new ContentDigest(matcher.group(3), matcher.group(4)));
  }

  /** Creates a digest for the bytes of the blob. */
  MessageDigest start() {
    try {
      return MessageDigest.getInstance(algorithm.equals("sha256") ? "SHA-256" : "SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has both
    }
  }

  /**
   * Verifies the digest.
   *
   * @param what for the message, such as "layer 0 of quay.io/a/b"
   */
  void check(MessageDigest seen, String what) throws IOException {
    byte[] digest = seen.digest();
    if (!MessageDigest.isEqual(digest, HexFormat.of().parseHex(hex))) {
      throw new NbdException(
          NbdError.EIO,
          what
              + ": its digest must be "
              + this
              + ", not "
              + algorithm
              + ":"
              + HexFormat.of().formatHex(digest));
    }
  }

  /** Like {@link #check(MessageDigest, String)}, for bytes. */
  void check(byte[] bytes, String what) throws IOException {
    MessageDigest digest = start();
    digest.update(bytes);
    check(digest, what);
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
