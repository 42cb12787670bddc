package org.nbdcore.plugin.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExportLinesTest {

  @ParameterizedTest(name = "{index} {0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "`NAMES\na\nb c` → `a: b c:`",
        "`a\nNAMES` → `a: NAMES:`",
        "`INTERLEAVED\na\nfirst one\nb\nsecond` → `a:first one b:second`",
        "`INTERLEAVED\na\nfirst\nb` → `a:first b:`",
        "`NAMES+DESCRIPTIONS\na\nb\nfirst\nsecond` → `a:first b:second`",
        "`NAMES\n` → ``",
        "`` → ``",
        "`NAMES\n\nx` → `: x:`",
      })
  void listIsReadAsItsFirstLineSays(String output, String expected) {
    String read =
        ExportLines.parse(output == null ? "" : output).stream()
            .map(export -> export.name() + ":" + export.description())
            .collect(Collectors.joining(" "));
    assertThat(read).isEqualTo(expected == null ? "" : expected);
  }
}
