package org.nbdcore.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a file of {@code NAME:HEXADECIMAL-KEY} lines, as psktool(1) writes it. */
public final class PskFile {

  /** Thrown for a line that does not contain a key. */
  public static final class MalformedLineException extends IOException {

    private static final long serialVersionUID = 1;

    private final int line;

    private MalformedLineException(int line) {
      super("line " + line + " is not NAME:HEXADECIMAL-KEY");
      this.line = line;
    }

    /** The number of the line, counted from 1. */
    public int line() {
      return line;
    }
  }

  private PskFile() {}

  /**
   * Reads the keys by their names, in the order of the file. Of two keys with the same name, the
   * last one counts. Empty lines and lines that begin with # are ignored.
   *
   * @throws MalformedLineException with the number of the first line that does not contain a key.
   *     The message does not show the line
   * @throws IOException if the file cannot be read
   */
  public static Map<String, byte[]> read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    Map<String, byte[]> keys = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int colon = line.lastIndexOf(':');
      byte[] key = colon < 1 ? null : parsed(line.substring(colon + 1));
      if (key == null) {
        throw new MalformedLineException(i + 1);
      }
      keys.put(line.substring(0, colon), key);
    }
    return keys;
  }

  /** Returns null if the text is not a key, because an exception would contain it. */
  private static byte @Nullable [] parsed(String hexadecimal) {
    try {
      byte[] key = HexFormat.of().parseHex(hexadecimal);
      return key.length == 0 ? null : key;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
