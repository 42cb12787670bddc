package org.nbdcore.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.NameSuggestions;

/**
 * The parsed command line: options (anywhere before a bare {@code --}), the plugin's name and its
 * arguments.
 */
final class CommandLine {

  private final Map<CommandLineOption, List<String>> options =
      new EnumMap<>(CommandLineOption.class);
  private final List<SeparateValue> separateValues = new ArrayList<>();
  private final List<String> positional = new ArrayList<>();

  /**
   * A value that was a word of its own, so the user may have meant something else by it.
   *
   * @param shown the option as written: {@code -U}
   * @param value the next word
   */
  record SeparateValue(CommandLineOption option, String shown, String value) {}

  private CommandLine() {}

  /**
   * Reads the arguments of the program.
   *
   * @throws ConfigException for an unknown option, a missing value, or a value for an option that
   *     takes none
   */
  static CommandLine parse(List<String> arguments) throws ConfigException {
    CommandLine line = new CommandLine();
    int i = 0;
    while (i < arguments.size()) {
      String word = arguments.get(i++);
      if (word.equals("--")) {
        line.positional.addAll(arguments.subList(i, arguments.size()));
        break;
      } else if (word.startsWith("--")) {
        i = line.longOption(word, arguments, i);
      } else if (word.startsWith("-") && word.length() > 1) {
        i = line.letters(word, arguments, i);
      } else {
        line.positional.add(word);
      }
    }
    return line;
  }

  private int longOption(String word, List<String> arguments, int next) throws ConfigException {
    int equals = word.indexOf('=');
    String name = word.substring(2, equals < 0 ? word.length() : equals);
    CommandLineOption option = byName(name);
    if (!option.takesValue()) {
      if (equals >= 0) {
        throw new ConfigException(
            "--" + name + " takes no value, but '" + word.substring(equals + 1) + "' was given");
      }
      add(option, "");
      return next;
    }
    if (equals >= 0) {
      add(option, word.substring(equals + 1));
      return next;
    }
    return value(option, "--" + name, arguments, next);
  }

  /** Reads {@code -f}, several letters in one word, and {@code -p10809}. */
  private int letters(String word, List<String> arguments, int next) throws ConfigException {
    for (int i = 1; i < word.length(); i++) {
      CommandLineOption option = byLetter(word.charAt(i));
      if (!option.takesValue()) {
        add(option, "");
      } else if (i + 1 < word.length()) {
        add(option, word.substring(i + 1));
        return next;
      } else {
        return value(option, "-" + word.charAt(i), arguments, next);
      }
    }
    return next;
  }

  private int value(CommandLineOption option, String shown, List<String> arguments, int next)
      throws ConfigException {
    if (next == arguments.size()) {
      throw new ConfigException(shown + " needs a value: " + shown + " " + option.value());
    }
    String value = arguments.get(next);
    add(option, value);
    separateValues.add(new SeparateValue(option, shown, value));
    return next + 1;
  }

  private void add(CommandLineOption option, String value) {
    if (option == CommandLineOption.IPV4 || option == CommandLineOption.IPV6) {
      options.remove(
          option == CommandLineOption.IPV4
              ? CommandLineOption.IPV6
              : CommandLineOption.IPV4); // the last one counts
    } else if (option == CommandLineOption.NEW_STYLE) {
      options.remove(CommandLineOption.OLD_STYLE);
    }
    List<String> values = options.get(option);
    if (values == null) {
      values = new ArrayList<>();
      options.put(option, values);
    }
    values.add(value);
  }

  /** The option of this name, or the only option whose name begins with it, as in getopt_long. */
  private static CommandLineOption byName(String name) throws ConfigException {
    Set<CommandLineOption> candidates = EnumSet.noneOf(CommandLineOption.class);
    List<String> names = new ArrayList<>();
    for (CommandLineOption option : CommandLineOption.values()) {
      for (String known : option.names()) {
        if (known.equals(name)) {
          return option;
        }
        names.add("--" + known);
        if (known.startsWith(name)) {
          candidates.add(option);
        }
      }
    }
    if (candidates.size() == 1) {
      return candidates.iterator().next();
    }
    if (candidates.size() > 1) {
      List<String> matching = names.stream().filter(n -> n.startsWith("--" + name)).toList();
      throw new ConfigException(
          "option --" + name + " is ambiguous: " + String.join(", ", matching));
    }
    throw new ConfigException(
        "unknown option --" + name + NameSuggestions.question("--" + name, names) + "; see --help");
  }

  private static CommandLineOption byLetter(char letter) throws ConfigException {
    for (CommandLineOption option : CommandLineOption.values()) {
      if (option.letter() == letter) {
        return option;
      }
    }
    throw new ConfigException("unknown option -" + letter + "; see --help");
  }

  /** True if the option was given. */
  boolean has(CommandLineOption option) {
    return options.containsKey(option);
  }

  /** The value that was given last. */
  Optional<String> last(CommandLineOption option) {
    List<String> all = all(option);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Every value, in order. */
  List<String> all(CommandLineOption option) {
    return options.getOrDefault(option, List.of());
  }

  /** The values of options that were words of their own, in order. */
  List<SeparateValue> separateValues() {
    return separateValues;
  }

  /** The plugin's name, if there is one. */
  Optional<String> plugin() {
    return positional.isEmpty() ? Optional.empty() : Optional.of(positional.get(0));
  }

  /** The words after the plugin's name. */
  List<String> words() {
    return positional.isEmpty() ? List.of() : positional.subList(1, positional.size());
  }
}
