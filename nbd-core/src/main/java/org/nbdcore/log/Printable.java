package org.nbdcore.log;

import java.util.Locale;

/**
 * Text as it may be shown on a line. Text from clients, disks and file names is untrusted. It must
 * not add log lines, overwrite earlier text, or control the terminal.
 */
public final class Printable {

  private Printable() {}

  /** The text with control characters, but the tabulator, as in C: {@code \\n}, {@code \\x1b}. */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line.append("\\n");
      } else if (c == '\r') {
        line.append("\\r");
      } else if (c == '\t' || !Character.isISOControl(c)) {
        line.append(c);
      } else {
        line.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      }
    }
    return line.toString();
  }
}
