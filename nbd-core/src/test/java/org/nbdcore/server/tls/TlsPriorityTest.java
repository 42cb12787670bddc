package org.nbdcore.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.ConfigException;

final class TlsPriorityTest {

  @Test
  void normalHasBothSafeVersions() throws Exception {
    assertThat(TlsPriority.parse("NORMAL")).isEqualTo(TlsPriority.NORMAL);
    assertThat(TlsPriority.NORMAL.versions()).containsExactly("TLSv1.3", "TLSv1.2");
  }

  @Test
  void versionsAreRemovedAndAddedInOrder() throws Exception {
    assertThat(TlsPriority.parse("NORMAL:-VERS-TLS1.3").versions()).containsExactly("TLSv1.2");
    TlsPriority strict = TlsPriority.parse("SECURE256:-VERS-ALL:+VERS-TLS1.3");
    assertThat(strict.versions()).containsExactly("TLSv1.3");
    assertThat(strict.minimumKeyBits()).isEqualTo(256);
    assertThat(TlsPriority.parse("NORMAL:-VERS-TLS1.0:-VERS-TLS1.1")).isEqualTo(TlsPriority.NORMAL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PERFORMANCE", "NORMAL:+ARCFOUR-128", "NORMAL:-VERS-TLS9"})
  void unknownPrioritiesAreRefusedByName(String text) {
    String word = text.substring(text.indexOf(':') + 1);
    assertThatThrownBy(() -> TlsPriority.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'" + word + "'")
        .hasMessageNotContaining("\n");
  }

  @Test
  void oldVersionsCannotBeTurnedOn() {
    assertThatThrownBy(() -> TlsPriority.parse("NORMAL:+VERS-TLS1.0"))
        .hasMessageContaining("not safe");
  }

  @Test
  void aPriorityWithoutAnyVersionIsRefused() {
    assertThatThrownBy(() -> TlsPriority.parse("NORMAL:-VERS-ALL"))
        .hasMessageContaining("no version");
  }
}
