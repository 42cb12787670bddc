package org.nbdcore.filter.xz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.DamagedFiles;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.tukaani.xz.DeltaOptions;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

@Tag("newest")
final class XzFilterTest {

  private static final FilterOptions[] PLAIN = {options()};

  private final byte[] contents = new byte[30_001];
  private ModelDisk disk;

  XzFilterTest() {
    new Random(1).nextBytes(contents);
    Arrays.fill(contents, 5_000, 15_000, (byte) 7);
  }

  @AfterEach
  void assertNoBreaches() {
    assertThat(disk.breaches).isEmpty();
  }

  private static LZMA2Options options() {
    try {
      LZMA2Options options = new LZMA2Options(0);
      options.setDictSize(1 << 16);
      return options;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** One stream with blocks of this size. */
  private static byte[] pack(byte[] plain, int block, int check, FilterOptions... filters)
      throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(packed, filters, check)) {
      for (int at = 0; at < plain.length; at += block) {
        out.write(plain, at, Math.min(block, plain.length - at));
        out.endBlock();
      }
    }
    return packed.toByteArray();
  }

  private BlockDevice open(byte[] packed, String... parameters) throws IOException {
    disk = ModelDisk.holding(packed);
    return Chains.open(new XzFilterProvider(), disk, parameters);
  }

  private byte[] part(int from, int length) {
    return Arrays.copyOfRange(contents, from, from + length);
  }

  @Test
  void decompressedFileIsServedReadOnly() throws Exception {
    BlockDevice device = open(pack(contents, 4000, XZ.CHECK_CRC64, PLAIN));
    assertThat(device.size()).isEqualTo(contents.length);
    assertThat(device.capabilities().write()).isFalse();
    assertThat(device.capabilities().multiConn()).isTrue();
    assertThat(read(device, 0, contents.length)).isEqualTo(contents);
    for (int at : new int[] {0, 3999, 4000, 7950, 11_999, 29_900}) {
      assertThat(read(device, at, 101)).as("101 bytes at " + at).isEqualTo(part(at, 101));
    }
    assertThat(disk.opened).allMatch(OpenRequest::readOnly);
    device.close();
    assertThat(disk.open).hasValue(0);
  }

  @Test
  void onlyNeededBlocksAreReadAndTheLastOnesAreCached() throws Exception {
    BlockDevice device = open(pack(contents, 4000, XZ.CHECK_CRC32, PLAIN), "xz-max-depth=2");
    disk.drainCalls();
    read(device, 8100, 10);
    int one = disk.drainCalls().size();
    assertThat(one).isPositive().isLessThan(5);
    read(device, 11_990, 20); // that block and the next
    assertThat(disk.drainCalls()).hasSize(one);
    read(device, 8000, 8000);
    assertThat(disk.drainCalls()).isEmpty();
    read(device, 0, 10);
    read(device, 12_000, 10);
    assertThat(disk.drainCalls()).hasSize(one);
    read(device, 8000, 10);
    assertThat(disk.drainCalls()).as("the block that made room").hasSize(one);
  }

  @Test
  void connectionsOfAnExportShareCachedBlocks() throws Exception {
    disk = ModelDisk.holding(pack(contents, 4000, XZ.CHECK_CRC32, PLAIN));
    Filter filter = Chains.filter(new XzFilterProvider());
    BlockDevice first = Chains.open(filter, disk);
    read(first, 0, 4000);
    disk.drainCalls();
    BlockDevice second = Chains.open(filter, disk);
    first.close();
    assertThat(read(second, 100, 100)).isEqualTo(part(100, 100));
    assertThat(disk.drainCalls()).isEmpty();
    filter.open(OpenRequest.detached("other", false), disk).close();
    assertThat(disk.drainCalls()).isNotEmpty();
    second.close();
    assertThat(disk.open).hasValue(0);
    Chains.open(filter, disk).close();
    assertThat(disk.drainCalls()).as("the index").isNotEmpty();
  }

  @Test
  void severalStreamsPaddingAndLargeBlocksBelowAreAccepted() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(pack(part(0, 9000), 4000, XZ.CHECK_SHA256, PLAIN));
    file.writeBytes(new byte[8]);
    file.writeBytes(pack(new byte[0], 1, XZ.CHECK_NONE, PLAIN));
    file.writeBytes(pack(part(9000, 1000), 1000, XZ.CHECK_NONE, new DeltaOptions(4), options()));
    file.writeBytes(pack(part(10_000, 20_001), 6000, XZ.CHECK_CRC64, new X86Options(), options()));
    file.writeBytes(new byte[(-file.size() & 4095) + (1 << 17)]);
    disk = ModelDisk.holding(file.toByteArray()).withBlockSizes(4096, 4096, 8192);
    BlockDevice device = Chains.open(new XzFilterProvider(), disk);
    assertThat(read(device, 0, contents.length)).isEqualTo(contents);
  }

  @Test
  void anEmptyFileIsAnEmptyDisk() throws Exception {
    assertThat(open(pack(new byte[0], 1, XZ.CHECK_CRC32, PLAIN)).size()).isZero();
  }

  @Test
  void aBlockThatIsTooLongIsRefused() throws Exception {
    byte[] packed = pack(contents, 16_000, XZ.CHECK_CRC32, PLAIN);
    assertThat(open(packed, "xz-max-block=16000").size()).isEqualTo(contents.length);
    assertThatThrownBy(() -> open(packed, "xz-max-block=15999"))
        .hasMessage(
            "the xz file has a block of 16000 bytes, more than xz-max-block allows (15999): pack"
                + " it with smaller blocks (xz --block-size=16MiB), or raise xz-max-block");
    assertThat(disk.open).hasValue(0);
  }

  /** Java has no arrays of the size in the header, and a file of a few bytes could request one. */
  @Test
  void dictionaryIsNoLargerThanItsBlock() throws Exception {
    byte[] packed = pack(part(4000, 3000), 3000, XZ.CHECK_CRC32, PLAIN);
    ByteBuffer bytes = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    int header = 12;
    int length = (packed[header] + 1) * 4;
    int properties = header + 4; // after the filter id and its length; optional sizes are absent
    assertThat(packed[properties - 2]).as("LZMA2").isEqualTo((byte) 0x21);
    packed[properties] = 40;
    CRC32 crc = new CRC32();
    crc.update(packed, header, length - 4);
    bytes.putInt(header + length - 4, (int) crc.getValue());
    assertThat(read(open(packed), 0, 3000)).isEqualTo(part(4000, 3000));
    packed[properties] = 41;
    crc.reset();
    crc.update(packed, header, length - 4);
    bytes.putInt(header + length - 4, (int) crc.getValue());
    assertDamaged(packed);
  }

  @ParameterizedTest
  @CsvSource({"0", "11", "12", "31"})
  void otherFilesAreRefused(int length) {
    byte[] file = Arrays.copyOf(contents, length == 0 ? 5000 : length);
    assertThatThrownBy(() -> open(file))
        .hasMessage("not an xz file: it does not start with the xz signature");
    assertThat(disk.open).hasValue(0);
  }

  private void assertDamaged(byte[] file) {
    DamagedFiles.assertRefused(file, this::open, NbdError.EIO, NbdError.EINVAL, NbdError.ENOMEM);
  }

  /** Some changes, for example in the coding of literals, decompress to the same bytes. */
  @Test
  void wrongBytesAreDetectedOrHarmless() throws Exception {
    byte[] packed = pack(part(14_900, 200), 100, XZ.CHECK_CRC32, PLAIN);
    assertThat(DamagedFiles.countRefused(packed, part(14_900, 200), this::open, 1, 0x80, 0xff))
        .isGreaterThan(3 * packed.length - 10);
  }

  /** A file of a header, an index of these numbers and a footer; all check sums are right. */
  private static byte[] indexed(long... numbers) {
    ByteBuffer file = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    file.put(XzStream.header(1)).put((byte) 0);
    for (long number : numbers) {
      XzEncoding.putNumber(file, number);
    }
    file.position((int) XzEncoding.padded(file.position()));
    file.putInt(XzEncoding.crc(file, 12, file.position() - 12));
    int footer = file.position();
    file.putInt(footer + 4, (footer - 12) / 4 - 1).putShort(footer + 8, (short) 0x100);
    file.putInt(footer, XzEncoding.crc(file, footer + 4, 6)).putShort(footer + 10, (short) 0x5a59);
    return Arrays.copyOf(file.array(), footer + 12);
  }

  @Test
  void impossibleIndexIsRefusedBeforeMemoryIsAllocated() throws Exception {
    assertThat(open(indexed(0)).size()).isZero();
    assertThatThrownBy(() -> open(indexed(1 << 21)))
        .hasMessage("the xz file is damaged: the index at 12");
    assertThatThrownBy(() -> open(indexed(Long.MAX_VALUE)))
        .hasMessage("the xz file is damaged: the index at 12");
    assertThatThrownBy(() -> open(indexed(1, 4, 100)))
        .hasMessage("the xz file is damaged: a block before 12 is not in it");
    assertThatThrownBy(() -> open(indexed(1, Long.MAX_VALUE, 100)))
        .hasMessage("the xz file is damaged: a block before 12 is not in it");
    assertThatThrownBy(() -> open(indexed(1, 8, 100)))
        .hasMessage("the xz file is damaged: a block before 12 is not in it");
  }

  @Test
  void blockWithAWrongLengthIsRefused() throws Exception {
    byte[] packed = pack(part(0, 100), 100, XZ.CHECK_CRC32, PLAIN);
    ByteBuffer footer = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    int indexLength = (footer.getInt(packed.length - 8) + 1) * 4;
    int index = packed.length - 12 - indexLength;
    ByteBuffer numbers = ByteBuffer.wrap(packed).position(index + 2);
    long unpadded = XzEncoding.number(numbers);
    for (long length : new long[] {1L << 40, Long.MAX_VALUE, 101, 99}) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.write(packed, 0, index);
      byte[] other = indexed(1, unpadded, length);
      file.write(other, 12, other.length - 12);
      assertThatThrownBy(() -> read(open(file.toByteArray()), 0, 1))
          .isInstanceOf(NbdException.class)
          .hasMessageMatching("the xz file (has a block of .*|is damaged: the block at 12.*)");
    }
  }

  /** Without a checksum, damaged data is decompressed; this must end with bytes or an error. */
  @Test
  void damagedDataWithoutAChecksumIsReadOrRefused() throws Exception {
    byte[] packed = pack(part(4_000, 3_000), 3_000, XZ.CHECK_NONE, PLAIN);
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      byte[] damaged = packed.clone();
      for (int i = 0; i < 3; i++) {
        damaged[24 + random.nextInt(damaged.length - 24 - 40)] = (byte) random.nextInt();
      }
      BlockDevice device = open(damaged);
      try {
        read(device, 0, 3_000);
      } catch (NbdException e) {
        assertThat(e.error()).as("seed %d", seed).isEqualTo(NbdError.EIO);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void everyTruncationIsDetected() throws Exception {
    byte[] packed = pack(part(14_900, 200), 100, XZ.CHECK_CRC32, PLAIN);
    for (int length = 1; length < packed.length; length++) {
      assertDamaged(Arrays.copyOf(packed, length));
      if (length >= 64) { // as on a disk that is larger than the file
        assertDamaged(Arrays.copyOf(Arrays.copyOf(packed, length), 4 * packed.length));
      }
    }
  }

  @Test
  void readErrorsAreForwardedAndTheBlockIsReadAgain() throws Exception {
    BlockDevice device = open(pack(contents, 4000, XZ.CHECK_CRC32, PLAIN));
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new IOException("planted");
        };
    assertThatThrownBy(() -> read(device, 0, 10)).hasMessage("planted");
    disk.hook = (operation, offset, length, flags) -> {};
    assertThat(read(device, 0, 10)).isEqualTo(part(0, 10));
  }
}
