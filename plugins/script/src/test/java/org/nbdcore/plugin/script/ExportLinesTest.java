package org.nbdcore.plugin.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
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
        "`NAMES+DESCRIPTIONS\na\nb\nfirst` → `a:first b:`",
        "`NAMES+DESCRIPTIONS\n\n` → `:`",
        "`INTERLEAVED\n\n` → `:`",
        "`NAMES\n\n` → `:`",
        "`\n` → `:`",
        "`NAMES\n` → ``",
        "`` → ``",
        "`NAMES\n\nx` → `: x:`",
      })
  void firstLineSelectsTheFormatOfTheList(String output, String expected) {
    String read =
        ExportLines.parse((output == null ? "" : output).lines().toList()).stream()
            .map(export -> export.name() + ":" + export.description())
            .collect(Collectors.joining(" "));
    assertThat(read).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void exportNameOver4096BytesIsRefused() throws Exception {
    assertThat(ExportLines.checked(List.of("n".repeat(4096)))).hasSize(1);
    assertThatThrownBy(() -> ExportLines.checked(List.of("a", "ä".repeat(2049))))
        .hasMessage("list_exports: the name of an export must have at most 4096 bytes, not 4098");
  }

  @Test
  void descriptionOver4096BytesIsRefused() throws Exception {
    List<String> lines = List.of("INTERLEAVED", "a", "d".repeat(4096));
    assertThat(ExportLines.checked(lines)).hasSize(1);
    assertThatThrownBy(() -> ExportLines.checked(List.of("INTERLEAVED", "a", "ä".repeat(2049))))
        .hasMessage(
            "list_exports: the description of an export must have at most 4096 bytes, not 4098");
  }
}
