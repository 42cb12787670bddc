package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SizesTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "512, 512",
    "007, 7",
    "1b, 1",
    "1B, 1",
    "1k, 1024",
    "1K, 1024",
    "3s, 1536",
    "3S, 1536",
    "1m, 1048576",
    "1M, 1048576",
    "1G, 1073741824",
    "1T, 1099511627776",
    "1P, 1125899906842624",
    "7E, 8070450532247928832",
    "0k, 0",
    "010, 8",
    "010M, 8388608",
    "0x10, 16",
    "0X10, 16",
    "0x1b, 27",
    "0x1_b, 1",
    "0x10k, 16384",
    "0x1E, 30",
    "0x1_E, 1152921504606846976",
    "1_M, 1048576",
    "0x7fffffffffffffff, 9223372036854775807",
    "9223372036854775807, 9223372036854775807"
  })
  void sizesAreParsedWithTheirSuffixes(String text, long bytes) throws Exception {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "k", "-1", "+1", "1.5G", "1 k", " 1", "1KB", "1KiB", "0x", "08", "1_", "1__M", "1_0",
        "_M", "1x", "١"
      })
  void invalidSizesAreRefused(String text) {
    assertThatThrownBy(() -> Sizes.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("must be a size")
        .hasMessageEndingWith("not '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"8E", "9223372036854775808", "9007199254740992k", "99999999999999999999", "0x8_E"})
  void sizesOf8EAndMoreAreRefused(String text) {
    assertThatThrownBy(() -> Sizes.parse(text))
        .hasMessage("must be less than 8E, not '" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "1000, 1000",
    "1024, 1K",
    "1536, 1536",
    "65536, 64K",
    "511, 511",
    "1049600, 1025K",
    "3221225472, 3G",
    "2125119488, 2075312K",
    "1048576, 1M",
    "1073741824, 1G",
    "1152921504606846976, 1E",
    "9223372036854775807, 9223372036854775807"
  })
  void sizesAreFormattedWithTheLargestExactSuffix(long bytes, String text) {
    assertThat(Sizes.format(bytes)).isEqualTo(text);
  }

  @Test
  void formattedSizesAreParsedAgain() throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long bytes = (random.nextLong() >>> 1 + random.nextInt(62)) << random.nextInt(3) * 10;
      if (bytes >= 0) {
        assertThat(Sizes.parse(Sizes.format(bytes))).as("seed 1, %d", bytes).isEqualTo(bytes);
      }
    }
  }
}
