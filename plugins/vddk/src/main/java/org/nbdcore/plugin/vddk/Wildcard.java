package org.nbdcore.plugin.vddk;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.nbdcore.spi.ConfigException;

/**
 * A shell wildcard: {@code *}, {@code ?}, {@code [a-z]}, {@code [!a-z]} and a backslash before a
 * character that stands for itself. A slash is a character like any other.
 */
final class Wildcard {

  private final String text;
  private final Pattern pattern;

  private Wildcard(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  static Wildcard of(String text) throws ConfigException {
    StringBuilder regex = new StringBuilder();
    int star = -1; // where the last one begins
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '*' -> {
          if (star >= 0) {
            // What follows a star but the last is taken where it comes first, with no other try:
            // there would be too many of them for a long name.
            regex.replace(star, star + 2, "(?>.*?").append(')');
          }
          star = regex.length();
          regex.append(".*");
        }
        case '?' -> regex.append('.');
        case '[' -> i = bracket(text, i, regex);
        case '\\' -> {
          i = Math.min(i + 1, text.length() - 1);
          regex.append(Pattern.quote(text.substring(i, i + 1)));
        }
        default -> regex.append(Pattern.quote(text.substring(i, i + 1)));
      }
    }
    try {
      return new Wildcard(text, Pattern.compile(regex.toString(), Pattern.DOTALL));
    } catch (PatternSyntaxException e) {
      throw new ConfigException(
          "must be a shell wildcard, not '" + text + "': " + e.getDescription(), e);
    }
  }

  /** Translates a set; without a closing bracket the opening one stands for itself. */
  private static int bracket(String text, int open, StringBuilder regex) {
    boolean negated = text.startsWith("!", open + 1) || text.startsWith("^", open + 1);
    int first = open + (negated ? 2 : 1);
    StringBuilder set = new StringBuilder(negated ? "[^" : "[");
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ']' && i > first) {
        regex.append(set).append(']');
        return i;
      }
      boolean literal = c == '\\' && i + 1 < text.length();
      if (literal) {
        c = text.charAt(++i);
      }
      set.append(Character.isLetterOrDigit(c) || (c == '-' && !literal) ? "" : "\\").append(c);
    }
    regex.append("\\[");
    return open;
  }

  boolean matches(String name) {
    return pattern.matcher(name).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
