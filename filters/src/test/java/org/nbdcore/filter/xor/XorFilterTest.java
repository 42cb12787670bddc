package org.nbdcore.filter.xor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;

final class XorFilterTest {

  private final ModelDisk disk = new ModelDisk(100_003);

  private BlockDevice open(String... pairs) throws IOException {
    return Chains.open(new XorFilterProvider(), disk, pairs);
  }

  /** The output of nbdkit 1.48.1 for a disk of zeroes. */
  @ParameterizedTest
  @CsvSource({
    "0x12, 3, 0, 000012000012000012000012",
    "0x12345678, 3, 0, 345678345678345678345678",
    "0x12345678, 3, 1, 5678345678345678",
    "305419896, 8, 0, 000000001234567800000000",
    "0777, 2, 5, ff01ff",
  })
  void theNumberIsRepeatedWithItsMostSignificantByteFirst(
      String number, int length, int offset, String expected) throws IOException {
    BlockDevice device = open("xor=" + number, "xorlen=" + length);
    assertThat(HexFormat.of().formatHex(read(device, offset, expected.length() / 2)))
        .isEqualTo(expected);
  }

  /** The output of nbdkit 1.48.1 for a disk of zeroes. */
  @ParameterizedTest
  @CsvSource({
    "rand, 0, b4f275cb365fec99bf160c8748502fd242995039b65290ea858866eaad473edb",
    "rand, 1, f275cb365fec99bf",
    "rand:0, 0, b4f275cb365fec99",
    "rand:1, 0, c510c70f6daff2b360a019f6ec4ea900cae2e678e62c72a8eb66aa00ebb34fe4",
    "rand:0x10, 0, 42995039b65290ea858866eaad473edb5c8e16e8590e4da25ee32fb70491b50d",
  })
  void randomBytesAreThoseOfNbdkit(String xor, int offset, String expected) throws IOException {
    assertThat(HexFormat.of().formatHex(read(open("xor=" + xor), offset, expected.length() / 2)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"rand:5, ''", "0x1234567, xorlen=7", "1, xorlen=1"})
  void writtenDataIsReadBackAndDiffersBelow(String xor, String length) throws IOException {
    String[] pairs =
        length.isEmpty() ? new String[] {"xor=" + xor} : new String[] {"xor=" + xor, length};
    byte[] data = new byte[70_001];
    new Random(1).nextBytes(data);
    write(open(pairs), 1003, data, Flags.NONE);
    assertThat(read(open(pairs), 1003, data.length)).isEqualTo(data);
    assertThat(Arrays.copyOfRange(disk.bytes, 1003, 1003 + data.length)).isNotEqualTo(data);
    assertThat(disk.bytes[1002]).isZero();
    assertThat(disk.bytes[1003 + data.length]).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "xor=1, '', 'xor=1 needs xorlen=N, from 1 to 8 bytes'",
    "xor=1, xorlen=9, 'xorlen must be from 1 to 8, not 9'",
    "xor=-1, xorlen=2, not '-1'",
    "xor=0x1ffffffffffffffff, xorlen=8, xor must be a number of at most 64 bits",
    "xor=rand:abc, '', 'xor must be a number of at most 64 bits, rand or rand:SEED'",
    "xor=rand, xorlen=3, xorlen is for a number",
    "xorlen=3, '', xor=N|rand",
  })
  void invalidParametersAreRefused(String first, String second, String message) {
    String[] pairs = second.isEmpty() ? new String[] {first} : new String[] {first, second};
    assertThatThrownBy(() -> Chains.configure(new XorFilterProvider(), pairs))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void fastZeroIsNotOfferedAndHolesAreNotReportedAsZeroes() throws IOException {
    BlockDevice device = open("xor=rand");
    assertThat(device.capabilities().fastZero()).isFalse();
    assertThat(Chains.extents(open("xor=rand"), 0, 4096, Flags.NONE)).isEqualTo("0+4096=1");
  }
}
