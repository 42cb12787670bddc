package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BlockSizesTest {

  @ParameterizedTest
  @CsvSource({
    "1, 512, 1",
    "1, 4096, 4294967295",
    "512, 512, 512",
    "65536, 65536, 65536",
    "65536, 33554432, 4294967295",
    "512, 4096, 33554432"
  })
  void sizesThatTheProtocolAllowsAreAccepted(int minimum, int preferred, long maximum) {
    assertThatCode(() -> BlockSizes.of(minimum, preferred, maximum)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 4096, 4096, minimum",
    "3, 4096, 4096, minimum",
    "131072, 131072, 131072, minimum",
    "-512, 4096, 4096, minimum",
    "1, 256, 4096, preferred",
    "1, 1000, 4096, preferred",
    "1, 67108864, 67108864, preferred",
    "8192, 4096, 8192, less than the minimum 8192",
    "512, 4096, 513, maximum",
    "512, 4096, 0, maximum",
    "1, 4096, 4294967296, maximum"
  })
  void sizesThatTheProtocolForbidsAreRefused(
      int minimum, int preferred, long maximum, String named) {
    assertThatThrownBy(() -> BlockSizes.of(minimum, preferred, maximum))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }

  @Test
  void largerMinimumRaisesThePreferredSize() {
    assertThat(BlockSizes.DEFAULT.withMinimum(65536))
        .isEqualTo(BlockSizes.of(65536, 65536, BlockSizes.UNLIMITED));
    assertThat(BlockSizes.DEFAULT.withMinimum(512).preferred()).isEqualTo(4096);
  }

  @Test
  void preferredAndMaximumAreChangedAlone() {
    assertThat(BlockSizes.DEFAULT.withPreferred(512))
        .isEqualTo(BlockSizes.of(1, 512, BlockSizes.UNLIMITED));
    assertThat(BlockSizes.DEFAULT.withMaximum(1 << 20)).isEqualTo(BlockSizes.of(1, 4096, 1 << 20));
  }
}
