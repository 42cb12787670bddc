package org.nbdcore.filter.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LogEntryTest {

  /** The client chooses a name: it must not end a line or a shell's word, or control a terminal. */
  @ParameterizedTest(name = "{index} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '_',
      value = {
        "_a b_          | _\"a b\"_",
        "_a$b`c\\d\"e_ | _\"a\\$b\\`c\\\\d\\\"e\"_",
        "_a\nb\rc_     | _\"a\\nb\\x0dc\"_",
        "_a\tb_         | _\"a\tb\"_",
        "_\u001b[2J_    | _\"\\x1b[2J\"_",
        "_\u007f\u009b_ | _\"\\x7f\\x9b\"_",
        "_größe_        | _\"größe\"_",
      })
  void textIsQuotedForAShell(String text, String quoted) {
    assertThat(LogEntry.quote(text)).isEqualTo(quoted);
  }
}
