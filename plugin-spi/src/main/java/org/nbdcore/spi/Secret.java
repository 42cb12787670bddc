package org.nbdcore.spi;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A password. It is kept outside the Java heap, so that a heap dump does not contain it. {@code
 * toString} does not show it. Safe for use by several threads.
 */
public final class Secret {

  private final ByteBuffer value;

  /** Keeps a copy of {@code value}. */
  public Secret(String value) {
    this(FileNames.encode(value));
  }

  private Secret(byte[] bytes) {
    value = ByteBuffer.allocateDirect(bytes.length);
    value.put(0, bytes);
    Arrays.fill(bytes, (byte) 0);
  }

  /**
   * Keeps a copy of a password in UTF-8, or in the encoding in which it was given.
   *
   * @param bytes the password; this method overwrites them with zeroes
   */
  public static Secret of(byte[] bytes) {
    return new Secret(bytes);
  }

  /**
   * The password; may be empty. A string cannot be overwritten, so use {@link #chars} or {@link
   * #bytes} if you can.
   */
  public String reveal() {
    byte[] bytes = bytes();
    try {
      return FileNames.decode(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** A copy of the password; may be empty. Overwrite it after use. */
  public char[] chars() {
    byte[] bytes = bytes();
    char[] chars = FileNames.chars(bytes);
    Arrays.fill(bytes, (byte) 0);
    return chars;
  }

  /**
   * A copy of the password in UTF-8. Bytes that were given in another encoding are unchanged.
   * Overwrite it after use.
   */
  public byte[] bytes() {
    byte[] bytes = new byte[value.capacity()];
    value.get(0, bytes);
    return bytes;
  }

  @Override
  public String toString() {
    return "********";
  }
}
