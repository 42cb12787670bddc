package org.nbdcore.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding of RFC 3986; the bytes are UTF-8. {@code +} stands for itself. */
final class PercentEncoding {

  private static final String HEX = "0123456789ABCDEF";

  /** Lone surrogates that stand for bytes of a file's name that are not UTF-8. */
  private static final int FIRST_BYTE = 0xdc80;

  private static final int LAST_BYTE = 0xdcff;

  private PercentEncoding() {}

  /** Encodes all but the unreserved characters and those in {@code alsoKept}. */
  static String encode(String text, String alsoKept) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      int next = i + Character.charCount(character);
      if (character >= FIRST_BYTE && character <= LAST_BYTE) {
        escape(out, character & 0xff);
      } else if (isUnreserved(character) || alsoKept.indexOf(character) >= 0) {
        out.append((char) character);
      } else {
        for (byte b : text.substring(i, next).getBytes(StandardCharsets.UTF_8)) {
          escape(out, b & 0xff);
        }
      }
      i = next;
    }
    return out.toString();
  }

  private static void escape(StringBuilder out, int octet) {
    out.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 15));
  }

  /**
   * Decodes a part of a URI.
   *
   * @throws IllegalArgumentException for a broken escape or bytes that are no UTF-8, naming the
   *     part
   */
  static String decode(String text, String part) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); ) {
      int percent = text.indexOf('%', i);
      int end = percent < 0 ? text.length() : percent;
      bytes.writeBytes(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
      i = end;
      if (percent >= 0) {
        bytes.write(octet(text, percent, part));
        i += 3;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "the " + part + " of an NBD URI must be UTF-8 once decoded, not \"" + text + "\"", e);
    }
  }

  private static int octet(String text, int percent, String part) {
    int high = percent + 1 < text.length() ? Character.digit(text.charAt(percent + 1), 16) : -1;
    int low = percent + 2 < text.length() ? Character.digit(text.charAt(percent + 2), 16) : -1;
    if (high < 0 || low < 0) {
      throw new IllegalArgumentException(
          "a % in the "
              + part
              + " of an NBD URI must be followed by two hexadecimal digits (write %25 for the"
              + " character itself), not as in \""
              + text
              + "\"");
    }
    return high << 4 | low;
  }

  private static boolean isUnreserved(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}
