package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapLimitTest {

  @ParameterizedTest
  @CsvSource({"0, 32", "12, 56", "1000, 2032"})
  void theLimitIsTwiceTheLiveDataAnd32MiB(long livingMib, long limitMib) {
    assertThat(HeapLimit.limit(livingMib << 20)).isEqualTo(limitMib << 20);
  }
}
