package org.nbdcore.packaging;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the output of a command's {@code --help}. */
final class HelpText {

  /** Spellings, separated by commas, then a value, then two spaces and the description. */
  private static final Pattern OPTION =
      Pattern.compile(
          " {4}((?:-\\w, )?--?[\\w-]+(?:, --[\\w-]+)*)(\\[?)[= ]?([A-Z+][\\w+.:/|-]*)?]?"
              + " {2,}(\\S.*)");

  private static final Pattern CONTINUATION = Pattern.compile(" {16,}(\\S.*)");
  private static final Pattern WORD = Pattern.compile("[a-z][a-z-]+");

  private final List<String> synopsis = new ArrayList<>();
  private final Set<String> words = new LinkedHashSet<>();
  private final List<Flag> flags = new ArrayList<>();

  private HelpText() {}

  /** Parses the help of a command. Its first line is {@code NAME: SUMMARY}. */
  static DocumentedCommand parse(String help) {
    List<String> lines = help.lines().toList();
    String[] title = lines.get(0).split(": ", 2);
    HelpText text = new HelpText();
    lines.forEach(line -> text.take(title[0], line));
    return new DocumentedCommand(
        title[0], title[1], text.synopsis, List.copyOf(text.words), List.copyOf(text.flags));
  }

  private void take(String name, String line) {
    Matcher option = OPTION.matcher(line);
    Matcher more = CONTINUATION.matcher(line);
    if (option.matches()) {
      String value = option.group(3) == null ? "" : option.group(3);
      boolean optional = !option.group(2).isEmpty();
      List<String> spellings = List.of(option.group(1).split(", "));
      flags.add(new Flag(spellings, value, optional, option.group(4)));
    } else if (more.matches() && !flags.isEmpty()) {
      Flag last = flags.remove(flags.size() - 1);
      String help = last.help() + " " + more.group(1);
      flags.add(new Flag(last.spellings(), last.value(), last.optional(), help));
    } else if (line.startsWith("    " + name + " ")) {
      synopsis.add(line.strip());
      for (String word : line.strip().substring(name.length() + 1).split(" ")) {
        if (WORD.matcher(word).matches()) {
          words.add(word);
        }
      }
    }
  }
}
