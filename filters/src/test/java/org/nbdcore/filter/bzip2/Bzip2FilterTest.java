package org.nbdcore.filter.bzip2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.DamagedFiles;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

@Tag("newest")
final class Bzip2FilterTest {

  private final byte[] contents = new byte[300_001];
  private Filter filter;
  private ModelDisk disk;

  Bzip2FilterTest() {
    new Random(1).nextBytes(contents);
    Arrays.fill(contents, 100_000, 200_000, (byte) 0);
  }

  @AfterEach
  void close() throws Exception {
    filter.close();
    assertThat(disk.breaches).isEmpty();
  }

  private BlockDevice open(byte[] packed) throws IOException {
    disk = ModelDisk.holding(packed);
    if (filter != null) {
      filter.close();
    }
    filter = Chains.filter(new Bzip2FilterProvider());
    return Chains.open(filter, disk);
  }

  private static byte[] pack(byte[] contents) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (BZip2CompressorOutputStream out = new BZip2CompressorOutputStream(packed, 1)) {
      out.write(contents);
    }
    return packed.toByteArray();
  }

  @Test
  void fileCompressedByBzip2IsRead() throws Exception {
    byte[] packed =
        HexFormat.of()
            .parseHex(
                "425a6839314159265359b123de4300000359800010400410001264c0"
                    + "102000310340d02001a69103ab6c8284f8bb9229c28485891ef218");
    byte[] expected = "hello, bzip2\n".getBytes(StandardCharsets.US_ASCII);
    assertThat(read(open(packed), 0, expected.length)).isEqualTo(expected);
  }

  @Test
  void fileIsDecompressedOnceAndServedReadOnly() throws Exception {
    BlockDevice device = open(pack(contents));
    assertThat(device.size()).isEqualTo(contents.length);
    assertThat(device.capabilities().write()).isFalse();
    assertThat(read(device, 0, contents.length)).isEqualTo(contents);
    assertThat(disk.opened).allMatch(OpenRequest::readOnly);
    device.close();
    assertThat(disk.open).hasValue(0);
    disk.drainCalls();
    assertThat(read(Chains.open(filter, disk), 9, 5))
        .isEqualTo(Arrays.copyOfRange(contents, 9, 14));
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void concatenatedStreamsAndPaddingOfTheLastBlockAreAccepted() throws Exception {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    parts.writeBytes(pack(Arrays.copyOf(contents, 130_000)));
    parts.writeBytes(pack(new byte[0]));
    parts.writeBytes(pack(Arrays.copyOfRange(contents, 130_000, contents.length)));
    parts.writeBytes(new byte[-parts.size() & 4095]);
    disk = new ModelDisk(parts.size()).withBlockSizes(4096, 4096, 8192);
    System.arraycopy(parts.toByteArray(), 0, disk.bytes, 0, parts.size());
    filter = Chains.filter(new Bzip2FilterProvider());
    assertThat(read(Chains.open(filter, disk), 0, contents.length)).isEqualTo(contents);
  }

  @Test
  void anEmptyFileIsAnEmptyDisk() throws Exception {
    assertThat(open(pack(new byte[0])).size()).isZero();
  }

  @Test
  void otherAndTruncatedFilesAreRefused() throws Exception {
    byte[] packed = pack(Arrays.copyOf(contents, 500));
    assertThatThrownBy(() -> open(contents))
        .isInstanceOf(NbdException.class)
        .hasMessageStartingWith("not a valid bzip2 file: ");
    for (int length = 1; length < packed.length; length++) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatThrownBy(() -> open(cut))
          .as("cut at %d", length)
          .isInstanceOf(NbdException.class)
          .hasMessageStartingWith("not a valid bzip2 file: ");
      assertThat(disk.open).hasValue(0);
    }
  }

  @Test
  void wrongBytesAreDetectedOrHarmless() throws Exception {
    byte[] plain = Arrays.copyOf(contents, 200);
    byte[] packed = pack(plain);
    assertThat(DamagedFiles.countRefused(packed, plain, this::open, 0x55))
        .isGreaterThan(packed.length - 10);
  }

  @Test
  void readErrorsAreForwarded() throws Exception {
    disk = ModelDisk.holding(pack(contents));
    disk.failNext("read", 1);
    filter = Chains.filter(new Bzip2FilterProvider());
    assertThatThrownBy(() -> Chains.open(filter, disk)).hasMessage("planted in read");
    assertThat(disk.open).hasValue(0);
  }
}
