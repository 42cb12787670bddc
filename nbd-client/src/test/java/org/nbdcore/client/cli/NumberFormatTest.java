package org.nbdcore.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NumberFormatTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1, 100.0, 100",
    "1, 3, 33.3, 33.3333",
    "6144, 1048576, 0.6, 0.585938",
    "1, 1152921504606846976, 0.0, 0.0000000000000000867362",
    "9223372036854775807, 9223372036854775807, 100.0, 100",
  })
  void percentagesAreRounded(long part, long whole, String text, String json) {
    assertThat(NumberFormat.percent(part, whole)).isEqualTo(text);
    assertThat(NumberFormat.percentJson(part, whole)).isEqualTo(json);
  }

  @Test
  void stringsAreQuotedForJson() {
    assertThat(Json.quote("a\"\\\n\t\u0001\u001b\u009bä"))
        .isEqualTo("\"a\\\"\\\\\\n\\t\\u0001\\u001b\\u009bä\"");
  }
}
