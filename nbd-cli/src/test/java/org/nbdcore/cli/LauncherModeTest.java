package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.ConfigException;

/**
 * The launcher decides from the options whether the server stays in the foreground, before it
 * starts a JVM. For each option, it must decide as the program does.
 */
class LauncherModeTest {

  private static final Path LAUNCHER = Path.of("../distribution/src/main/bin/nbd-core");

  private static String expected(List<String> arguments) throws ConfigException {
    CommandLine line = CommandLine.parse(arguments);
    for (CommandLineOption answered :
        List.of(
            CommandLineOption.HELP,
            CommandLineOption.VERSION,
            CommandLineOption.LIST,
            CommandLineOption.DUMP_CONFIG,
            CommandLineOption.LONG_OPTIONS,
            CommandLineOption.SHORT_OPTIONS)) {
      if (line.has(answered)) {
        return "answer";
      }
    }
    boolean stays =
        line.has(CommandLineOption.DUMP_PLUGIN)
            || line.has(CommandLineOption.FOREGROUND)
            || line.has(CommandLineOption.RUN)
            || line.has(CommandLineOption.SINGLE)
            || line.has(CommandLineOption.EXIT_WITH_PARENT);
    return stays ? "stay" : "leave";
  }

  private static List<List<String>> commandLines() {
    List<List<String>> lines = new ArrayList<>();
    for (CommandLineOption option : CommandLineOption.values()) {
      for (String name : option.names()) {
        for (int length = 1; length < name.length(); length++) {
          lines.add(List.of("--" + name.substring(0, length), "-f"));
          lines.add(List.of("null", "--" + name.substring(0, length), "-p", "--help"));
          lines.add(List.of("--" + name.substring(0, length) + "=x", "-p", "-f", "null"));
        }
        lines.add(List.of("--" + name, "-f"));
        lines.add(List.of("null", "--" + name, "--run", "x"));
        lines.add(List.of("null", "--" + name, "-p", "1"));
        if (option.takesValue()) {
          lines.add(List.of("--" + name + "=-f", "null"));
          lines.add(List.of("--" + name, "--help", "null"));
        }
      }
      if (option.letter() != 0) {
        lines.add(List.of("-" + option.letter(), "-f", "null"));
        lines.add(List.of("-r" + option.letter(), "-V", "null"));
        lines.add(List.of("-" + option.letter() + "f", "null"));
        lines.add(List.of("-v" + option.letter() + "V", "null"));
      }
    }
    lines.add(List.of("--", "null", "-f"));
    lines.add(List.of("-f", "--", "null", "--help"));
    lines.add(List.of("sh", "-"));
    lines.add(List.of("null", "-U", "-", "-P", "-f"));
    lines.add(List.of());
    return lines;
  }

  @Test
  void theLauncherReadsOptionsAsTheProgramDoes() throws Exception {
    String text = Files.readString(LAUNCHER);
    String functions =
        text.substring(text.indexOf("find_mode() {"), text.indexOf("find_mode \"$@\""));
    StringBuilder script = new StringBuilder(functions);
    List<String> expected = new ArrayList<>();
    for (List<String> line : commandLines()) {
      try {
        expected.add(line + " " + expected(line));
      } catch (ConfigException e) {
        continue; // lacks its value or is ambiguous; the program refuses it in either mode
      }
      script.append("find_mode");
      line.forEach(word -> script.append(' ').append(RunCommand.quote(word)));
      script.append("\necho ").append(RunCommand.quote(line.toString())).append(" $_nbd_mode\n");
    }
    assertThat(shell(script.toString())).isEqualTo(expected).hasSizeGreaterThan(800);
  }

  private static List<String> shell(String script) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sh").redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      in.write(script.getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.lines().toList();
  }
}
