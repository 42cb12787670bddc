package org.nbdcore.vmdk;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a descriptor's text: comments, {@code key=value}, extent lines. Lines that are none of
 * these are refused rather than skipped, because a skipped extent line would move the rest of the
 * disk.
 */
final class DescriptorParser {
  /** A descriptor is text of a few hundred bytes; no genuine one comes near. */
  static final int MAX_BYTES = 1 << 20;

  private static final int MAX_EXTENTS = 4096;
  // Gives nothing back once matched: a hostile descriptor would have it try every split.
  private static final Pattern ENCODING =
      Pattern.compile("(?im)^[ \\t]*+encoding[ \\t]*+=[ \\t]*+\"?+([^\"\\r\\n]*+)\"?+[ \\t]*+$");

  private final Path file;
  private final Map<String, String> attributes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final List<ExtentLine> extents = new ArrayList<>();

  private DescriptorParser(Path file) {
    this.file = file;
  }

  /**
   * @param file where the text stood, for messages
   * @param bytes the text; it ends at the first zero byte, because embedded descriptors are padded
   *     with them
   */
  static Descriptor parse(Path file, byte[] bytes) throws VmdkException {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    String latin = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    if (!looksLikeOne(latin)) {
      throw new VmdkException(
          file
              + ": holds no VMDK descriptor; expected text that begins with '# Disk DescriptorFile'");
    }
    Matcher encoding = ENCODING.matcher(latin);
    Charset charset = StandardCharsets.UTF_8;
    if (encoding.find()) {
      charset = charset(file, encoding.group(1).strip());
    }
    return new DescriptorParser(file).parse(new String(bytes, 0, end, charset));
  }

  /**
   * VMware's products know a descriptor by its first comment or, failing that, by version= coming
   * first.
   */
  private static boolean looksLikeOne(String text) {
    String start = text.substring(0, Math.min(text.length(), 4096)).toLowerCase(Locale.ROOT);
    for (String line : start.split("\\R")) {
      String trimmed = line.strip();
      if (trimmed.startsWith("#")
          && trimmed.substring(1).strip().startsWith("disk descriptorfile")) {
        return true;
      }
      if (!trimmed.isEmpty() && !trimmed.startsWith("#")) {
        return trimmed.startsWith("version");
      }
    }
    return false;
  }

  private static Charset charset(Path file, String name) throws VmdkException {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw VmdkException.bad(
          file,
          "encoding",
          "'" + shorten(name) + "'",
          "a character set such as UTF-8 or windows-1252");
    }
  }

  private Descriptor parse(String text) throws VmdkException {
    String[] lines = text.split("\\r\\n|\\n|\\r");
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        parseLine(i + 1, line);
      }
    }
    return new Descriptor(file, attributes, List.copyOf(extents));
  }

  private void parseLine(int number, String line) throws VmdkException {
    if (ExtentLine.begins(line)) {
      if (extents.size() == MAX_EXTENTS) {
        throw VmdkException.bad(
            file, "the number of extents", "more than " + MAX_EXTENTS, "at most that");
      }
      extents.add(ExtentLine.parse(file, number, line));
      return;
    }
    int equals = line.indexOf('=');
    if (equals <= 0) {
      throw VmdkException.bad(
          file,
          "descriptor line " + number,
          "'" + shorten(line) + "'",
          "a comment, key=value or an extent");
    }
    attributes.put(line.substring(0, equals).strip(), unquote(line.substring(equals + 1).strip()));
  }

  private static String unquote(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private static String shorten(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }
}
