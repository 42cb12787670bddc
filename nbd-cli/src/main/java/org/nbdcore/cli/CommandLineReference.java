package org.nbdcore.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of the program, for manual pages and shell completion. */
public final class CommandLineReference {

  /**
   * One option.
   *
   * @param spellings with dashes; the letter comes first, if the option has one
   * @param value the placeholder for the value, or empty if the option takes none
   * @param help one line without a full stop
   */
  public record Entry(List<String> spellings, String value, String help) {}

  private CommandLineReference() {}

  /** All options, in the order of {@code --help}. */
  public static List<Entry> options() {
    return Arrays.stream(CommandLineOption.values())
        .map(
            option -> {
              List<String> spellings = new ArrayList<>();
              if (option.letter() != 0) {
                spellings.add("-" + option.letter());
              }
              option.names().forEach(name -> spellings.add("--" + name));
              String value = option.takesValue() ? option.value() : "";
              return new Entry(List.copyOf(spellings), value, option.help());
            })
        .toList();
  }

  /** The output of {@code nbd-core --help}, without third-party jars. */
  public static String help() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    new Cli("nbd-core", Optional.empty(), Map.of(), out, System.err).run(List.of("--help"));
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
