package org.nbdcore.filter.lzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.DamagedFiles;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;

@Tag("newest")
final class LzipFilterTest {

  private final byte[] contents = new byte[30_001];
  private ModelDisk disk;

  LzipFilterTest() {
    new Random(1).nextBytes(contents);
    Arrays.fill(contents, 5_000, 15_000, (byte) 7);
  }

  @AfterEach
  void assertNoBreaches() {
    assertThat(disk.breaches).isEmpty();
  }

  /** A file with members of {@code block} bytes each. */
  private static byte[] pack(byte[] plain, int block) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (int at = 0; at < plain.length; at += block) {
      packed.writeBytes(member(Arrays.copyOfRange(plain, at, Math.min(plain.length, at + block))));
    }
    return packed.toByteArray();
  }

  private static byte[] member(byte[] plain) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    LZMA2Options options = new LZMA2Options(0);
    options.setDictSize(1 << 16);
    try (OutputStream out = new LZMAOutputStream(data, options, true)) {
      out.write(plain);
    }
    CRC32 crc = new CRC32();
    crc.update(plain);
    int length = 6 + data.size() + 20;
    ByteBuffer member = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    member.put("LZIP".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 16);
    member.put(data.toByteArray()).putInt((int) crc.getValue());
    return member.putLong(plain.length).putLong(length).array();
  }

  private BlockDevice open(byte[] packed, String... parameters) throws IOException {
    disk = ModelDisk.holding(packed);
    return Chains.open(new LzipFilterProvider(), disk, parameters);
  }

  private byte[] part(int from, int length) {
    return Arrays.copyOfRange(contents, from, from + length);
  }

  @Test
  void fileCompressedByLzipIsRead() throws Exception {
    byte[] packed =
        HexFormat.of()
            .parseHex(
                "4c5a4950010c00341949ee8def8c6a5793bb880809717dffff073000"
                    + "00972e52d30c000000000000003100000000000000");
    byte[] expected = "hello, lzip\n".getBytes(StandardCharsets.US_ASCII);
    assertThat(read(open(packed), 0, expected.length)).isEqualTo(expected);
  }

  @Test
  void membersAreDecompressedOnDemand() throws Exception {
    BlockDevice device = open(pack(contents, 4000), "lzip-max-depth=1");
    assertThat(device.size()).isEqualTo(contents.length);
    assertThat(device.capabilities().write()).isFalse();
    assertThat(read(device, 0, contents.length)).isEqualTo(contents);
    for (int at : new int[] {0, 3999, 4000, 7950, 11_999, 29_900}) {
      assertThat(read(device, at, 101)).as("101 bytes at " + at).isEqualTo(part(at, 101));
    }
    disk.drainCalls();
    read(device, 28_000, 2001);
    assertThat(disk.drainCalls()).isEmpty();
    read(device, 0, 10);
    assertThat(disk.drainCalls()).isNotEmpty();
    device.close();
    assertThat(disk.open).hasValue(0);
  }

  @Test
  void emptyMembersAndTrailingZeroesAreAccepted() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(member(part(0, 1)));
    file.writeBytes(member(new byte[0]));
    file.writeBytes(member(part(1, 20_000)));
    file.writeBytes(member(part(20_001, 10_000)));
    file.writeBytes(member(new byte[0]));
    file.writeBytes(new byte[(-file.size() & 4095) + (1 << 17)]);
    disk = ModelDisk.holding(file.toByteArray()).withBlockSizes(4096, 4096, 8192);
    BlockDevice device = Chains.open(new LzipFilterProvider(), disk);
    assertThat(read(device, 0, contents.length)).isEqualTo(contents);
  }

  @Test
  void anEmptyFileIsAnEmptyDisk() throws Exception {
    assertThat(open(member(new byte[0])).size()).isZero();
  }

  @Test
  void aMemberThatIsTooLongIsRefused() throws Exception {
    byte[] packed = pack(contents, 16_000);
    assertThat(open(packed, "lzip-max-block=16000").size()).isEqualTo(contents.length);
    assertThatThrownBy(() -> open(packed, "lzip-max-block=15999"))
        .hasMessage(
            "the lzip file has a block of 16000 bytes, more than lzip-max-block allows (15999):"
                + " pack it with smaller blocks (plzip --data-size=16MiB), or raise"
                + " lzip-max-block");
    assertThat(disk.open).hasValue(0);
  }

  /** With the dictionary size of the header, the test would need half a gigabyte. */
  @Test
  void dictionaryIsNoLargerThanItsMember() throws Exception {
    byte[] packed = member(part(4000, 3000));
    packed[5] = 29;
    long before = allocated();
    assertThat(read(open(packed), 0, 3000)).isEqualTo(part(4000, 3000));
    assertThat(allocated() - before).isLessThan(16 << 20);
  }

  private static long allocated() {
    var threads = java.lang.management.ManagementFactory.getThreadMXBean();
    return ((com.sun.management.ThreadMXBean) threads)
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @Test
  void otherFilesAreRefused() throws Exception {
    byte[] packed = pack(contents, 4000);
    for (int length : new int[] {1, 5, 35}) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatThrownBy(() -> open(cut))
          .hasMessage("not an lzip file: it does not start with the lzip signature");
    }
    assertThatThrownBy(() -> open(contents)).hasMessageStartingWith("not an lzip file");
    packed[4] = 0; // a version
    assertThatThrownBy(() -> open(packed)).hasMessageStartingWith("not an lzip file");
    assertThat(disk.open).hasValue(0);
  }

  private void assertDamaged(byte[] file) {
    DamagedFiles.assertRefused(file, this::open, NbdError.EIO, NbdError.EINVAL);
  }

  /** A larger dictionary, for example, makes no difference. */
  @Test
  void wrongBytesAreDetectedOrHarmless() throws Exception {
    byte[] packed = pack(part(14_900, 200), 100);
    assertThat(DamagedFiles.countRefused(packed, part(14_900, 200), this::open, 1, 0x80, 0xff))
        .isGreaterThan(3 * packed.length - 10);
  }

  @Test
  void everyTruncationIsDetected() throws Exception {
    byte[] one = pack(part(14_900, 200), 200);
    for (int length = 1; length < one.length - 7; length++) {
      assertDamaged(Arrays.copyOf(one, length));
      assertDamaged(Arrays.copyOf(Arrays.copyOf(one, length), 4 * one.length));
    }
    byte[] two = pack(part(14_900, 200), 100);
    int second = member(part(14_900, 100)).length;
    for (int length = second + 1; length < two.length; length++) {
      assertDamaged(Arrays.copyOf(two, length));
    }
  }

  @Test
  void wrongChecksumFailsOnlyItsMember() throws Exception {
    byte[] packed = pack(contents, 4000);
    packed[packed.length - 20] ^= 1;
    BlockDevice device = open(packed);
    assertThat(read(device, 0, 28_000)).isEqualTo(part(0, 28_000));
    assertThatThrownBy(() -> read(device, 28_000, 1))
        .hasMessageEndingWith("does not have the checksum in its trailer");
  }
}
