package org.nbdcore.packaging;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An option of a command.
 *
 * @param spellings with dashes, letters first
 * @param value the placeholder for the value, or empty if the option takes none
 * @param optional whether the value may be missing
 * @param help the description
 */
record Flag(List<String> spellings, String value, boolean optional, String help) {

  /** A literal word. Placeholders are in capital letters, and ranges are not words. */
  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9.-]*|\\d+(\\.\\d+)?");

  private static final Pattern LIST =
      Pattern.compile("([a-z]\\S*(?:, [a-z]\\S*)*) or ([a-z]\\S*) .*");
  private static final Pattern COLON = Pattern.compile(".*: ([a-z-]+(?:, [a-z-]+)+)");

  boolean takesValue() {
    return !value.isEmpty();
  }

  List<String> letters() {
    return spellings.stream().filter(spelling -> !spelling.startsWith("--")).toList();
  }

  List<String> names() {
    return spellings.stream().filter(spelling -> spelling.startsWith("--")).toList();
  }

  /** The words that the value may be, from its placeholder or description; empty if unknown. */
  List<String> choices() {
    return takesValue() ? choices(value, help) : List.of();
  }

  static List<String> choices(String form, String help) {
    List<String> words = new ArrayList<>();
    Matcher list = LIST.matcher(help);
    Matcher colon = COLON.matcher(help);
    if (form.contains("|")) {
      Stream.of(form.split("\\|")).filter(word -> WORD.matcher(word).matches()).forEach(words::add);
    } else if (list.matches()) {
      words.addAll(List.of(list.group(1).split(", ")));
      words.add(list.group(2));
    } else if (colon.matches()) {
      words.addAll(List.of(colon.group(1).split(", ")));
    }
    return words;
  }

  /** True if the value is the name of a file or folder. */
  boolean isFile() {
    return isFile(value);
  }

  static boolean isFile(String form) {
    for (String word : form.split("[|=+]")) {
      if (List.of("FILE", "DIR", "PATH", "SOCKET", "/path", "FOLDER").contains(word)) {
        return true;
      }
    }
    return false;
  }
}
