package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.nbdcore.cli.config.Settings;

/** Options and settings, and the page that explains them, are the same list. */
class CommandLineDocsTest {

  private static final Path PAGE = Path.of("../docs/command-line.md");

  @Test
  void thePageExplainsEveryOptionUnderEachOfItsNames() throws IOException {
    String page = Files.readString(PAGE);
    List<String> missing = new ArrayList<>();
    for (CommandLineOption option : CommandLineOption.values()) {
      for (String name : option.names()) {
        if (!page.matches("(?s).*`--" + name + "[`=].*")) {
          missing.add("--" + name);
        }
      }
      if (option.letter() != 0 && !page.contains("`-" + option.letter() + "`")) {
        missing.add("-" + option.letter());
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void thePageNamesEverySettingAndEachIsAnOption() throws IOException {
    String page = Files.readString(PAGE);
    for (String key : Settings.KEYS) {
      assertThat(page).containsPattern("`[a-z ]*\\b" + key + "\\b[a-z ]*`");
      assertThat(CommandLineOption.values())
          .as(key.toUpperCase(Locale.ROOT))
          .anyMatch(option -> option.names().get(0).equals(key));
    }
  }
}
