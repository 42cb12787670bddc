package org.nbdcore.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** A secret that clients must send to a {@link MonitoringServer}. */
public final class AccessToken {

  private static final int SHORTEST = 16;
  private static final int LONGEST = 1024;
  private static final String SCHEME = "Bearer ";

  private final byte[] header;

  private AccessToken(String token) {
    header = (SCHEME + token).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Creates a token.
   *
   * @param token 16 to 1024 visible ASCII characters
   * @throws IllegalArgumentException if the token has another form; the message does not contain it
   */
  public static AccessToken of(String token) {
    boolean visible = token.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (token.length() < SHORTEST || token.length() > LONGEST || !visible) {
      throw new IllegalArgumentException(
          "a token must be one line of "
              + SHORTEST
              + " to "
              + LONGEST
              + " visible ASCII characters, such as openssl rand -hex 20 prints");
    }
    return new AccessToken(token);
  }

  /**
   * Reads a token from a file, without surrounding white space.
   *
   * @throws IOException if the file cannot be read or contains no token
   */
  public static AccessToken read(Path file) throws IOException {
    if (Files.isRegularFile(file) && Files.size(file) > 2 * LONGEST) {
      throw new IOException(file + ": the file is too large for a token");
    }
    try {
      return of(Files.readString(file).strip());
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns true if the value of an {@code Authorization} header is {@code Bearer} and this token.
   * The time of the comparison does not depend on the number of correct characters.
   *
   * @param authorization null if there is no header
   */
  boolean allows(String authorization) {
    return authorization != null
        && MessageDigest.isEqual(header, authorization.getBytes(StandardCharsets.UTF_8));
  }
}
