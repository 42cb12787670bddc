package org.nbdcore.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.ConfigException;

class ConfigFileTest {

  @TempDir Path folder;

  private final ConfigErrors errors = new ConfigErrors("f");

  private List<String> parsed(String... lines) throws ConfigException {
    ConfigFile file = ConfigFile.parse(String.join("\n", lines), errors);
    List<String> all = new ArrayList<>();
    file.server().lines().forEach(line -> all.add(shown("", line)));
    for (ConfigSection section : file.exports()) {
      all.add(section.number() + " [" + section.name() + "]");
      section.lines().forEach(line -> all.add(shown(section.name() + "/", line)));
    }
    return all;
  }

  private static String shown(String section, ConfigLine line) {
    return line.number() + " " + section + line.key() + "=" + line.value() + "|";
  }

  @Test
  void keysAndSectionsHaveTheNumbersOfTheirLines() throws ConfigException {
    assertThat(
            parsed(
                "# a comment",
                "",
                "port = 10809",
                "  unix=/run/x y  ",
                "[export a]",
                "plugin : file",
                "# [export no]",
                "file /srv/a.img",
                "",
                "[ export   customers/db 2 ]",
                "plugin = memory",
                "[export]",
                "readonly"))
        .containsExactly(
            "3 port=10809|",
            "4 unix=/run/x y|",
            "5 [a]",
            "6 a/plugin=file|",
            "8 a/file=/srv/a.img|",
            "10 [customers/db 2]",
            "11 customers/db 2/plugin=memory|",
            "12 []",
            "13 /readonly=|");
    assertThat(errors.messages()).isEmpty();
  }

  @Test
  void aContinuedLineHasTheNumberOfItsFirstLine() throws ConfigException {
    assertThat(parsed("# c", "allow = 10.0.0.1, \\", "   10.0.0.2", "port = 1"))
        .containsExactly("2 allow=10.0.0.1, 10.0.0.2|", "4 port=1|");
  }

  @Test
  void valuesAreNotInterpreted() throws ConfigException {
    assertThat(
            parsed(
                "\uFEFFa = ${env:HOME} ${sys:user.home}",
                "b = C:\\dir\\u0041, \"x\"; # no comment",
                "include = /etc/passwd",
                "c = p=q:r"))
        .containsExactly(
            "1 a=${env:HOME} ${sys:user.home}|",
            "2 b=C:\\dir\\u0041, \"x\"; # no comment|",
            "3 include=/etc/passwd|",
            "4 c=p=q:r|");
  }

  @Test
  void anInvalidSectionIsReportedWithItsLine() throws ConfigException {
    parsed(
        "[exprot a]", "x = 1", "[export b", "[export c] # no", "[x]", "[export d]", "[export d]");
    assertThat(errors.messages())
        .containsExactly(
            "f:1: unknown section [exprot a]; did you mean export?",
            "f:3: a section must be [export NAME] in a line of its own, not [export b",
            "f:4: a section must be [export NAME] in a line of its own, not [export c] # no",
            "f:5: unknown section [x]; an export is [export NAME]",
            "f:7: the export 'd' is already in line 6");
    assertThatThrownBy(errors::throwIfAny)
        .isInstanceOf(ConfigException.class)
        .satisfies(e -> assertThat(ConfigErrors.messages(e)).hasSize(5));
  }

  @Test
  void aTooLongExportNameIsAnError() throws ConfigException {
    parsed("[export " + "ä".repeat(2049) + "]");
    assertThat(errors.messages())
        .containsExactly("f:1: the name of an export has at most 4096 bytes, not 4098");
  }

  @Test
  void fileNamesOfAnyBytesAreRead() throws IOException, ConfigException {
    Path file = folder.resolve("c");
    Files.write(file, new byte[] {'u', '=', '/', (byte) 0xff, (byte) 0xe4, '\n'});
    ConfigFile read = ConfigFile.read(file.toString(), errors);
    String value = read.server().lines().get(0).value();
    assertThat(org.nbdcore.spi.FileNames.encode(value))
        .containsExactly('/', (byte) 0xff, (byte) 0xe4);
  }

  /** Whatever a file contains, the parser does not fail, and each key has the number of a line. */
  @Test
  void theParserFailsForNoFile() throws ConfigException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String letters = "ab[]=: #!\\\n\r\t\0é\"";
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(60); n > 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      ConfigErrors found = new ConfigErrors("f");
      ConfigFile file = ConfigFile.parse(text.toString(), found);
      long lines = text.toString().lines().count();
      for (ConfigLine line : file.server().lines()) {
        assertThat(line.number()).as("seed %d: %s", seed, text).isBetween(1, (int) lines);
      }
    }
  }
}
