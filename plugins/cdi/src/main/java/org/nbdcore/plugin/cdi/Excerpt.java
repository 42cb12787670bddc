package org.nbdcore.plugin.cdi;

/** Makes untrusted text safe for messages: one line, truncated if it is long. */
final class Excerpt {

  private static final int LONGEST = 200;

  private Excerpt() {}

  static String of(String text) {
    boolean all = text.length() <= LONGEST;
    String start = all ? text : text.substring(0, LONGEST) + "...";
    return start.replaceAll("\\p{Cntrl}+", " ");
  }
}
