package org.nbdcore.spi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Converts file names between bytes and strings without loss. On Linux a name is a sequence of
 * bytes, which need not be valid UTF-8. In a string, each byte that is not valid UTF-8 becomes one
 * lone surrogate, from U+DC80 to U+DCFF. Text never contains these, so every name survives decoding
 * and encoding. The arguments of the command line have this form. Safe for use by several threads.
 */
public final class FileNames {

  private static final char ESCAPE = 0xdc00;
  private static final char FIRST = ESCAPE + 0x80;
  private static final char LAST = ESCAPE + 0xff;
  private static final char REPLACEMENT = '\ufffd';
  private static final int BYTE = 0xff;
  private static final int HEXADECIMAL = 16;

  private FileNames() {}

  /**
   * Returns the arguments of this process's command line without loss. Java replaces bytes that are
   * not valid in the locale's encoding. This method reads the original bytes from {@code /proc}.
   *
   * @param decoded the arguments of {@code main}
   */
  public static List<String> arguments(String[] decoded) {
    for (String word : decoded) {
      if (word.indexOf(REPLACEMENT) >= 0) {
        return typed(decoded);
      }
    }
    return List.of(decoded);
  }

  private static List<String> typed(String[] decoded) {
    try {
      List<byte[]> all = split(Files.readAllBytes(Path.of("/proc/self/cmdline")));
      List<String> words = new ArrayList<>();
      for (byte[] word : all.subList(all.size() - decoded.length, all.size())) {
        words.add(decode(word));
      }
      return words;
    } catch (IOException | IndexOutOfBoundsException e) {
      return List.of(decoded); // another system, or not this process's own words
    }
  }

  /**
   * Splits a command line in the format of {@code /proc/self/cmdline}, in which a NUL ends each
   * argument.
   */
  public static List<byte[]> split(byte[] commandLine) {
    List<byte[]> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        words.add(Arrays.copyOfRange(commandLine, start, i));
        start = i + 1;
      }
    }
    return words;
  }

  /** True if a name contains bytes that are not valid UTF-8. */
  public static boolean hasInvalidUtf8(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (isByte(name, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isByte(String name, int index) {
    char c = name.charAt(index);
    return c >= FIRST
        && c <= LAST
        && (index == 0 || !Character.isHighSurrogate(name.charAt(index - 1)));
  }

  /** Decodes a name. Bytes that are not valid UTF-8 become lone surrogates. */
  public static String decode(byte[] name) {
    return new String(chars(name));
  }

  /** Like {@link #decode}, but returns characters, which the caller can overwrite after use. */
  static char[] chars(byte[] name) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(name);
    char[] chars = new char[name.length];
    CharBuffer out = CharBuffer.wrap(chars);
    CoderResult result = decoder.decode(in, out, true);
    while (result.isError()) {
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE | in.get() & BYTE));
      }
      result = decoder.decode(in, out, true);
    }
    if (!out.hasRemaining()) {
      return chars;
    }
    char[] exact = Arrays.copyOf(chars, out.position());
    Arrays.fill(chars, '\0');
    return exact;
  }

  /** Encodes a name in UTF-8. Lone surrogates become the bytes that they represent. */
  public static byte[] encode(String name) {
    if (!hasInvalidUtf8(name)) {
      return name.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length());
    int text = 0;
    for (int i = 0; i < name.length(); i++) {
      if (isByte(name, i)) {
        bytes.writeBytes(name.substring(text, i).getBytes(StandardCharsets.UTF_8));
        bytes.write(name.charAt(i) & BYTE);
        text = i + 1;
      }
    }
    bytes.writeBytes(name.substring(text).getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  /**
   * Converts a name to a path. A relative name becomes a relative path.
   *
   * @throws java.nio.file.InvalidPathException if the name contains a NUL
   */
  public static Path path(String name) {
    if (!hasInvalidUtf8(name) || name.indexOf('\0') >= 0) {
      return Path.of(name);
    }
    // Of all the ways to create a Path, only a URI accepts bytes.
    StringBuilder uri = new StringBuilder("file:///");
    for (byte b : encode(name)) {
      uri.append(b == '/' ? "/" : String.format(Locale.ROOT, "%%%02X", b & BYTE));
    }
    Path absolute = Path.of(URI.create(uri.toString()));
    // Not with relativize, which would normalize ../a.
    return name.startsWith("/") ? absolute : absolute.subpath(0, absolute.getNameCount());
  }

  /**
   * Converts a name to an absolute path. A relative name is resolved against the working directory.
   */
  public static Path absolute(String name) {
    Path path = path(name);
    Path absolute = path.toAbsolutePath();
    if (!path.isAbsolute() && absolute.toString().indexOf(REPLACEMENT) >= 0) {
      try {
        // Java decodes the working directory once, and loses bytes.
        return Files.readSymbolicLink(Path.of("/proc/self/cwd")).resolve(path);
      } catch (IOException e) {
        return absolute;
      }
    }
    return absolute;
  }

  /**
   * Converts a path to a name without loss. {@code Path.toString} loses bytes that are not valid
   * UTF-8.
   */
  public static String text(Path path) {
    String text = path.toString();
    if (text.indexOf(REPLACEMENT) < 0) {
      return text;
    }
    String uri = Path.of("/").resolve(path).toUri().getRawPath();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
    for (int i = path.isAbsolute() ? 0 : 1; i < uri.length(); i++) {
      if (uri.charAt(i) == '%') {
        bytes.write(Integer.parseInt(uri.substring(i + 1, i + 3), HEXADECIMAL));
        i += 2;
      } else if (i < uri.length() - 1 || uri.charAt(i) != '/') { // which a folder gets
        bytes.write(uri.charAt(i));
      }
    }
    return decode(bytes.toByteArray());
  }
}
