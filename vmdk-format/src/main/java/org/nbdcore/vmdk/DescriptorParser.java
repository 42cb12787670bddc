package org.nbdcore.vmdk;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses a descriptor's text: comments, {@code key=value}, extent lines. Other lines cause a
 * warning. If such a line may have been an extent, parsing fails, because skipping an extent would
 * shift the rest of the disk.
 */
final class DescriptorParser {
  /** A descriptor has a few hundred bytes; a genuine one is never near this limit. */
  static final int MAX_BYTES = 1 << 20;

  static final int MAX_EXTENTS = 4096;
  // Possessive quantifiers, so that a hostile descriptor cannot cause exponential backtracking.
  private static final Pattern ENCODING =
      Pattern.compile("(?im)^[ \\t]*+encoding[ \\t]*+=[ \\t]*+\"?+([^\"\\r\\n]*+)\"?+[ \\t]*+$");

  /** A number followed by other text. */
  private static final Pattern CONTENT_ID = Pattern.compile("([0-9A-Fa-f]{1,8})\\s.*");

  /** Parts of a damaged extent line: at least one of a size, a name and a type remains. */
  private static final Pattern EXTENT_PART =
      Pattern.compile("(?i)\"|\\b\\d+\\b|FLAT|SPARSE|ZERO|VMFS|VSAN|RDONLY|NOACCESS|\\bRW\\b");

  private final FileLocation file;
  private final Map<String, String> attributes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final List<ExtentLine> extents = new ArrayList<>();
  private final Consumer<String> warnings;

  private DescriptorParser(FileLocation file, Consumer<String> warnings) {
    this.file = file;
    this.warnings = warnings;
  }

  /**
   * @param file the file that contains the text, for messages
   * @param bytes the text up to its first zero byte; zero bytes pad embedded descriptors
   * @param warnings receives errors in lines that do not affect the data
   */
  static Descriptor parse(FileLocation file, byte[] bytes, Consumer<String> warnings)
      throws VmdkException {
    int start = mark(bytes);
    int end = end(bytes, start);
    String latin = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    if (!looksLikeDescriptor(latin)) {
      throw new VmdkException(
          file
              + ": holds no VMDK descriptor; expected text that begins with '# Disk DescriptorFile'");
    }
    Matcher encoding = ENCODING.matcher(latin);
    Charset charset = StandardCharsets.UTF_8;
    if (encoding.find()) {
      boolean ascii = latin.chars().allMatch(c -> c < 0x80);
      charset = charset(file, encoding.group(1).strip(), ascii, warnings);
    }
    if (start > 0) {
      warnings.accept(file + ": begins with a byte order mark, which is ignored");
    }
    return new DescriptorParser(file, warnings)
        .parse(new String(bytes, start, end - start, charset));
  }

  /** True if the bytes begin like a descriptor. */
  static boolean isDescriptor(byte[] bytes) {
    int start = mark(bytes);
    return looksLikeDescriptor(
        new String(bytes, start, end(bytes, start) - start, StandardCharsets.ISO_8859_1));
  }

  private static int end(byte[] bytes, int start) {
    int end = start;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return end;
  }

  /** Length of the byte order mark that some editors write before UTF-8. */
  private static int mark(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xef
            && bytes[1] == (byte) 0xbb
            && bytes[2] == (byte) 0xbf;
    return marked ? 3 : 0;
  }

  /**
   * VMware's products recognize a descriptor by its first comment or, if that is missing, by
   * version= on the first line.
   */
  private static boolean looksLikeDescriptor(String text) {
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

  private static Charset charset(
      FileLocation file, String name, boolean ascii, Consumer<String> warnings)
      throws VmdkException {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      if (ascii) {
        warnings.accept(
            file
                + ": its encoding '"
                + VmdkException.shortened(name)
                + "' is not known, but all of its text is ASCII");
        return StandardCharsets.US_ASCII;
      }
      throw VmdkException.bad(
          file,
          "encoding",
          "'" + VmdkException.shortened(name) + "'",
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
    String key = line.substring(0, Math.max(equals, 0)).strip();
    if (key.isEmpty() || key.indexOf('"') >= 0) {
      stray(number, line);
      return;
    }
    String value = unquote(line.substring(equals + 1).strip());
    Matcher id = CONTENT_ID.matcher(value);
    if ((key.equalsIgnoreCase("CID") || key.equalsIgnoreCase("parentCID")) && id.matches()) {
      warn(number, line, "the text after the number is ignored");
      value = id.group(1);
    }
    attributes.put(key, value);
  }

  /** Skips a line of unknown form if it cannot have been an extent. */
  private void stray(int number, String line) throws VmdkException {
    if (EXTENT_PART.matcher(line).find()) {
      throw VmdkException.bad(
          file,
          "descriptor line " + number,
          "'" + VmdkException.shortened(line) + "'",
          "a comment, key=value or an extent");
    }
    warn(number, line, "it is ignored, because it is not a comment, key=value or extent");
  }

  private void warn(int number, String line, String what) {
    warnings.accept(
        file
            + ": descriptor line "
            + number
            + " is '"
            + VmdkException.shortened(line)
            + "': "
            + what);
  }

  private static String unquote(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
