package org.nbdcore.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NumberFormatTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "511, 511",
    "1024, 1K",
    "1536, 1536",
    "1049600, 1025K",
    "3221225472, 3G",
    "2125119488, 2075312K",
    "1152921504606846976, 1E",
    "9223372036854775807, 9223372036854775807",
  })
  void sizesAreShownInTheLargestUnitThatDividesThem(long size, String text) {
    assertThat(NumberFormat.human(size)).isEqualTo(text);
  }

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
