package org.nbdcore.plugin.cdi;

/**
 * Text that somebody else wrote, as messages show it: one line, and only its start if it is long.
 */
final class Excerpt {

  private static final int LONGEST = 200;

  private Excerpt() {}

  static String of(String text) {
    boolean all = text.length() <= LONGEST;
    String start = all ? text : text.substring(0, LONGEST) + "...";
    return start.replaceAll("\\p{Cntrl}+", " ");
  }
}
