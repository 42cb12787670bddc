package org.nbdcore.client.cli;

/** Makes text from a server safe to print on a terminal. */
final class TerminalText {

  private TerminalText() {}

  /** The text with each control character replaced by U+FFFD. */
  static String printable(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        out = out == null ? new StringBuilder(text) : out;
        out.setCharAt(i, '\ufffd');
      }
    }
    return out == null ? text : out.toString();
  }
}
