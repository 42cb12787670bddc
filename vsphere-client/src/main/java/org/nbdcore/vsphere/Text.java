package org.nbdcore.vsphere;

/** Cleans text from a server for use in messages. */
final class Text {

  private static final int LONGEST = 200;

  private Text() {}

  /** Returns a name as the user knows it: the server writes three characters as hexadecimal. */
  static String name(String inInventory) {
    return inInventory.replace("%2f", "/").replace("%5c", "\\").replace("%25", "%");
  }

  /** Returns the text without control characters, and truncated if it is long. */
  static String printable(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (out.length() == LONGEST) {
        return out.append("...").toString();
      }
      out.append(Character.isISOControl(c) ? ' ' : c);
    }
    return out.toString().strip();
  }
}
