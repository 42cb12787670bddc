package org.nbdcore.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NamesTest {

  @Test
  void numbersHaveTheNamesOfTheProtocolDocument() {
    assertThat(ErrorValue.name(28)).isEqualTo("ENOSPC");
    assertThat(ErrorValue.name(7)).isEqualTo("7");
    assertThat(Option.name(7)).isEqualTo("GO");
    assertThat(OptionReply.name(0x80000006)).isEqualTo("ERR_UNKNOWN");
    assertThat(OptionReply.name(0x80001234)).isEqualTo("2147488308");
    assertThat(Command.name(6)).isEqualTo("WRITE_ZEROES");
  }
}
