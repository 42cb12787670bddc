package org.nbdcore.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  private static final List<String> KEYS = List.of("minblock", "maxdata", "maxlen", "size", "file");

  @Test
  void aLetterTooManyTooFewWrongOrSwappedIsNear() {
    assertThat(Nearest.to("minnblock", KEYS)).containsExactly("minblock");
    assertThat(Nearest.to("minblok", KEYS)).containsExactly("minblock");
    assertThat(Nearest.to("minblack", KEYS)).containsExactly("minblock");
    assertThat(Nearest.to("isze", KEYS)).containsExactly("size");
  }

  @Test
  void theBeginningOfANameIsNear() {
    assertThat(Nearest.to("max", KEYS)).containsExactly("maxlen", "maxdata");
    assertThat(Nearest.question("max", KEYS)).isEqualTo("; did you mean maxlen or maxdata?");
  }

  @Test
  void whatIsFarIsNotOffered() {
    assertThat(Nearest.to("thumbprint", KEYS)).isEmpty();
    assertThat(Nearest.question("thumbprint", KEYS)).isEmpty();
  }
}
