package org.nbdcore.protocol;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Percent-encoding of RFC 3986, in UTF-8. {@code +} is not a space. */
final class PercentEncoding {

  private static final String HEX = "0123456789ABCDEF";

  /** The first of the lone surrogates that represent bytes of a file name that are not UTF-8. */
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
   * @throws IllegalArgumentException for an invalid escape or bytes that are not UTF-8, naming the
   *     part
   */
  static String decode(String text, String part) {
    String decoded = decodePath(text, part);
    for (int i = 0; i < decoded.length(); i++) {
      int character = decoded.codePointAt(i);
      if (character >= FIRST_BYTE && character <= LAST_BYTE) {
        throw new IllegalArgumentException(
            "the " + part + " of an NBD URI must be UTF-8 once decoded, not \"" + text + "\"");
      }
      i += Character.charCount(character) - 1;
    }
    return decoded;
  }

  /**
   * Decodes a file name, which on Linux may contain any bytes. Each byte that is not UTF-8 becomes
   * a lone surrogate.
   *
   * @throws IllegalArgumentException for an invalid escape, naming the part
   */
  static String decodePath(String text, String part) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      if (c == '%') {
        bytes.write(octet(text, i, part));
        i += 3;
      } else {
        appendBytes(out, bytes);
        out.append(c);
        i++;
      }
    }
    appendBytes(out, bytes);
    return out.toString();
  }

  private static void appendBytes(StringBuilder out, ByteArrayOutputStream escaped) {
    if (escaped.size() == 0) {
      return;
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // throws for invalid bytes
    ByteBuffer in = ByteBuffer.wrap(escaped.toByteArray());
    CharBuffer characters = CharBuffer.allocate(in.remaining());
    CoderResult result = decoder.decode(in, characters, true);
    while (result.isError()) {
      for (int i = 0; i < result.length(); i++) {
        characters.put((char) (FIRST_BYTE & 0xff00 | in.get() & 0xff));
      }
      result = decoder.decode(in, characters, true);
    }
    out.append(characters.flip());
    escaped.reset();
  }

  /** Converts a file name to a path, byte for byte. A relative name becomes a relative path. */
  static Path path(String name) {
    if (name.chars().noneMatch(c -> c >= FIRST_BYTE && c <= LAST_BYTE) || name.indexOf('\0') >= 0) {
      return Path.of(name);
    }
    Path absolute = Path.of(URI.create("file:///" + encode(name, "/"))); // a URI may have any bytes
    return name.startsWith("/") ? absolute : absolute.subpath(0, absolute.getNameCount());
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
