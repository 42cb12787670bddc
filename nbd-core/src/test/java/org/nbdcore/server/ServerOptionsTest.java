package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Limits of the values of the options. */
class ServerOptionsTest {

  private static final ServerOptions OPTIONS = ServerOptions.defaults(List.of());

  /** With no thread, requests would wait forever. */
  @Test
  void aConnectionHasAtLeastOneThread() {
    assertThat(OPTIONS.withThreads(1).threads()).isEqualTo(1);
    assertThatThrownBy(() -> OPTIONS.withThreads(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the threads must be at least 1, not 0");
  }

  @Test
  void theMemoryHasAMinimum() {
    long minimum = 128L << 20;
    assertThat(OPTIONS.withMemory(minimum).memory()).isEqualTo(minimum);
    assertThatThrownBy(() -> OPTIONS.withMemory(minimum - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the memory must be at least 134217728 bytes, not 134217727");
  }
}
