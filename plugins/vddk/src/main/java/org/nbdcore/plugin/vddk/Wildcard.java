package org.nbdcore.plugin.vddk;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.nbdcore.spi.ConfigException;

/**
 * A shell wildcard: {@code *}, {@code ?}, {@code [a-z]}, {@code [!a-z]}, {@code [[:alpha:]]} and a
 * backslash before a literal character. A slash is a character like any other. A name with a
 * component {@code ..} matches nothing: it would lead out of the folder that the wildcard names.
 */
final class Wildcard {

  /** The classes of POSIX, in the words of {@link Pattern}. */
  private static final Map<String, String> CLASSES =
      Map.ofEntries(
          Map.entry("alnum", "\\p{IsAlphabetic}\\p{IsDigit}"),
          Map.entry("alpha", "\\p{IsAlphabetic}"),
          Map.entry("blank", "\\p{Blank}"),
          Map.entry("cntrl", "\\p{Cntrl}"),
          Map.entry("digit", "0-9"),
          Map.entry("graph", "\\p{Graph}"),
          Map.entry("lower", "\\p{IsLowercase}"),
          Map.entry("print", "\\p{Print}"),
          Map.entry("punct", "\\p{Punct}"),
          Map.entry("space", "\\s"),
          Map.entry("upper", "\\p{IsUppercase}"),
          Map.entry("xdigit", "0-9A-Fa-f"));

  private final String text;
  private final Pattern pattern;

  private Wildcard(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  static Wildcard of(String text) throws ConfigException {
    if (text.isEmpty()) {
      throw new ConfigException("must be a shell wildcard, not an empty string");
    }
    StringBuilder regex = new StringBuilder();
    int star = -1; // start of the last star
    int[] characters = text.codePoints().toArray(); // '?' is one, however Java stores it
    for (int i = 0; i < characters.length; i++) {
      switch (characters[i]) {
        case '*' -> {
          if (star >= 0) {
            // The text after a star, except the last one, matches at its first occurrence without
            // backtracking, which would take too long for a long name.
            regex.replace(star, star + 2, "(?>.*?").append(')');
          }
          star = regex.length();
          regex.append(".*");
        }
        case '?' -> regex.append('.');
        case '[' -> i = bracket(characters, i, regex);
        case '\\' -> {
          i = Math.min(i + 1, characters.length - 1);
          regex.append(Pattern.quote(Character.toString(characters[i])));
        }
        default -> regex.append(Pattern.quote(Character.toString(characters[i])));
      }
    }
    try {
      return new Wildcard(text, Pattern.compile(regex.toString(), Pattern.DOTALL));
    } catch (PatternSyntaxException e) {
      throw new ConfigException(
          "must be a shell wildcard, not '" + text + "': " + e.getDescription(), e);
    }
  }

  /** Translates a set; without a closing bracket, the opening one is literal. */
  private static int bracket(int[] text, int open, StringBuilder regex) throws ConfigException {
    boolean negated = open + 1 < text.length && (text[open + 1] == '!' || text[open + 1] == '^');
    int first = open + (negated ? 2 : 1);
    StringBuilder set = new StringBuilder(negated ? "[^" : "[");
    for (int i = first; i < text.length; i++) {
      int c = text[i];
      if (c == ']' && i > first) {
        regex.append(set).append(']');
        return i;
      }
      int named = c == '[' && i + 1 < text.length && text[i + 1] == ':' ? endOfClass(text, i) : -1;
      if (named >= 0) {
        set.append(classOf(new String(text, i + 2, named - i - 3)));
        i = named;
        continue;
      }
      boolean literal = c == '\\' && i + 1 < text.length;
      if (literal) {
        c = text[++i];
      }
      set.append(Character.isLetterOrDigit(c) || (c == '-' && !literal) ? "" : "\\")
          .appendCodePoint(c);
    }
    regex.append("\\[");
    return open;
  }

  /** Index of the bracket that ends {@code [:name:]}; -1 if nothing does. */
  private static int endOfClass(int[] text, int open) {
    for (int i = open + 2; i + 1 < text.length; i++) {
      if (text[i] == ':' && text[i + 1] == ']') {
        return i + 1;
      } else if (!Character.isLetter(text[i])) {
        return -1;
      }
    }
    return -1;
  }

  private static String classOf(String name) throws ConfigException {
    String found = CLASSES.get(name);
    if (found == null) {
      List<String> names = CLASSES.keySet().stream().sorted().toList();
      throw new ConfigException(
          "must have one of " + String.join(", ", names) + " in [: :], not '" + name + "'");
    }
    return found;
  }

  boolean matches(String name) {
    return !climbs(name) && pattern.matcher(name).matches();
  }

  /**
   * True if a component of the path is {@code ..}. The first component follows {@code [datastore]
   * }.
   */
  private static boolean climbs(String name) {
    int bracket = name.startsWith("[") ? name.indexOf(']') : -1;
    String path = name.substring(bracket + 1).stripLeading();
    for (String component : path.split("[/\\\\]", -1)) {
      if (component.strip().equals("..")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return text;
  }
}
