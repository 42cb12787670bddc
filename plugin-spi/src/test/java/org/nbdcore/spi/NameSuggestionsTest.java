package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NameSuggestionsTest {

  private static final List<String> KEYS = List.of("minblock", "maxdata", "maxlen", "size", "file");

  @Test
  void aNameThatDiffersByOneTypoIsSuggested() {
    assertThat(NameSuggestions.to("minnblock", KEYS)).containsExactly("minblock");
    assertThat(NameSuggestions.to("minblok", KEYS)).containsExactly("minblock");
    assertThat(NameSuggestions.to("minblack", KEYS)).containsExactly("minblock");
    assertThat(NameSuggestions.to("isze", KEYS)).containsExactly("size");
  }

  @Test
  void namesThatBeginWithTheWordAreSuggested() {
    assertThat(NameSuggestions.to("max", KEYS)).containsExactly("maxlen", "maxdata");
    assertThat(NameSuggestions.question("max", KEYS))
        .isEqualTo("; did you mean maxlen or maxdata?");
  }

  @Test
  void dissimilarNamesAreNotSuggested() {
    assertThat(NameSuggestions.to("thumbprint", KEYS)).isEmpty();
    assertThat(NameSuggestions.question("thumbprint", KEYS)).isEmpty();
  }

  @Test
  void aHintShowsTheNearestNamesOrElseAll() {
    assertThat(NameSuggestions.hint("isze", KEYS)).isEqualTo("; did you mean size?");
    assertThat(NameSuggestions.hint("thumbprint", KEYS))
        .isEqualTo("; valid are minblock, maxdata, maxlen, size, file");
    assertThat(NameSuggestions.hint("size", List.of())).isEqualTo(", which takes none");
  }
}
