package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code --help} prints about a plugin and its filters. */
final class PrintedHelp {

  private static final Pattern SECTION = Pattern.compile("(plugin|filter): (\\S+) .*");

  /** A key is indented by two columns. Continuation lines are indented more. */
  private static final Pattern KEY = Pattern.compile(" {2}\\[?([a-z][a-z0-9_-]*)=.*");

  private final List<String> lines;

  private PrintedHelp(List<String> lines) {
    this.lines = lines;
  }

  /** Runs the program as the launcher does, on the class path of this test. */
  static PrintedHelp of(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("org.nbdcore.cli.Main");
    command.add("--help");
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("exit status of %s", command).isZero();
    return new PrintedHelp(printed.lines().toList());
  }

  /** The keys in the section of a plugin or filter. */
  Set<String> keys(String kind, String name) {
    Set<String> keys = new TreeSet<>();
    boolean found = false;
    boolean inside = false;
    for (String line : lines) {
      Matcher section = SECTION.matcher(line);
      if (section.matches()) {
        inside = section.group(1).equals(kind) && section.group(2).equals(name);
        found |= inside;
      }
      Matcher key = KEY.matcher(line);
      if (inside && key.matches()) {
        keys.add(key.group(1));
      }
    }
    assertThat(found).as("--help has a section '%s: %s'", kind, name).isTrue();
    return keys;
  }
}
