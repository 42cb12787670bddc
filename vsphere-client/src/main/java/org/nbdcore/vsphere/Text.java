package org.nbdcore.vsphere;

/** Text of a server's in messages. */
final class Text {

  private static final int LONGEST = 200;

  private Text() {}

  /** A name as a person knows it: the server writes three characters as hexadecimal. */
  static String name(String inInventory) {
    return inInventory.replace("%2f", "/").replace("%5c", "\\").replace("%25", "%");
  }

  /** The text without what a terminal would act upon, and cut off where it is long. */
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
