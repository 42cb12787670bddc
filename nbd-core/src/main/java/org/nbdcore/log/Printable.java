package org.nbdcore.log;

import java.util.Locale;

/**
 * Makes untrusted text safe to print: text from clients, disks and file names. Such text must not
 * add log lines, overwrite earlier text, or control the terminal.
 */
public final class Printable {

  private Printable() {}

  private static final String CONTROLS = "\u0007\b\t\n\u000b\f\r";
  private static final String LETTERS = "abtnvfr";

  /** The text with control characters as in C: {@code \\n}, {@code \\t}, {@code \\x1b}. */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int control = CONTROLS.indexOf(c);
      if (control >= 0) {
        line.append('\\').append(LETTERS.charAt(control));
      } else if (!Character.isISOControl(c)) {
        line.append(c);
      } else {
        line.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      }
    }
    return line.toString();
  }
}
