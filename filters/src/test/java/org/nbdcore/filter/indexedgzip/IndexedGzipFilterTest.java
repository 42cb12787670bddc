package org.nbdcore.filter.indexedgzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;

@Tag("newest")
final class IndexedGzipFilterTest {

  private static final IndexedGzipFilterProvider PROVIDER = new IndexedGzipFilterProvider();

  @TempDir Path folder;
  private final byte[] contents = contents();

  /** Parts that become stored, fixed and dynamic blocks, and long repetitions. */
  private static byte[] contents() {
    byte[] bytes = new byte[900_001];
    Random random = new Random(1);
    for (int at = 0; at < bytes.length; ) {
      int end = Math.min(bytes.length, at + 1 + random.nextInt(60_000));
      int range = 1 << random.nextInt(9);
      for (; at < end; at++) {
        bytes[at] = (byte) random.nextInt(range);
      }
    }
    return bytes;
  }

  private Path index() {
    return folder.resolve("index");
  }

  private Filter filter() {
    return Chains.filter(PROVIDER, "gzip-index-path=" + index(), "gzip-index-span=32K");
  }

  private static byte[] pack(byte[] bytes, int level, int strategy) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out =
        new GZIPOutputStream(packed) {
          {
            def.setLevel(level);
            def.setStrategy(strategy);
          }
        }) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static byte[] pack(byte[] bytes) throws IOException {
    return pack(bytes, 6, Deflater.DEFAULT_STRATEGY);
  }

  private static ModelDisk disk(byte[] packed) {
    ModelDisk disk = new ModelDisk(packed.length);
    System.arraycopy(packed, 0, disk.bytes, 0, packed.length);
    return disk;
  }

  private void requireContents(BlockDevice device, long seed) throws IOException {
    assertThat(device.size()).isEqualTo(contents.length);
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      int offset = random.nextInt(contents.length);
      int length = Math.min(contents.length - offset, 1 + random.nextInt(20_000));
      byte[] expected = Arrays.copyOfRange(contents, offset, offset + length);
      byte[] found = read(device, offset, length);
      assertThat(Arrays.equals(found, expected)).as("%d+%d", offset, length).isTrue();
    }
    byte[] all = read(device, 0, contents.length);
    assertThat(Arrays.equals(all, contents)).as("all").isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,0", "6,0", "9,0", "6,1", "6,2"})
  void anyRangeIsReadFromAllTypesOfBlocks(int level, int strategy) throws Exception {
    ModelDisk disk = disk(pack(contents, level, strategy));
    Filter filter = filter();
    try (BlockDevice device = Chains.open(filter, disk)) {
      assertThat(device.capabilities().write()).isFalse();
      assertThat(device.capabilities().multiConn()).isTrue();
      requireContents(device, level);
    }
    assertThat(disk.opened).allMatch(OpenRequest::readOnly);
    assertThat(disk.breaches).isEmpty();
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void concatenatedMembersAndTrailingBytesAreAccepted() throws Exception {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    parts.writeBytes(pack(Arrays.copyOf(contents, 300_000)));
    parts.writeBytes(pack(new byte[0]));
    for (int at = 300_000; at < 310_000; at += 100) {
      parts.writeBytes(pack(Arrays.copyOfRange(contents, at, at + 100), 1, 0));
    }
    parts.writeBytes(pack(Arrays.copyOfRange(contents, 310_000, contents.length)));
    parts.writeBytes(pack(new byte[0]));
    parts.writeBytes("rest".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    parts.writeBytes(new byte[-parts.size() & 4095]);
    ModelDisk disk = disk(parts.toByteArray()).withBlockSizes(4096, 4096, 8192);
    try (BlockDevice device = Chains.open(filter(), disk)) {
      requireContents(device, 1);
    }
    assertThat(disk.breaches).isEmpty();
  }

  @Test
  void theHeaderMayHaveEveryField() throws Exception {
    byte[] packed = pack(contents);
    ByteArrayOutputStream longer = new ByteArrayOutputStream();
    longer.write(packed, 0, 3);
    longer.write(0x1e); // CRC, extra field, name and comment
    longer.write(packed, 4, 6);
    longer.writeBytes(new byte[] {3, 0, 1, 2, 3, 'n', 0, 'c', 'c', 0, 7, 7});
    longer.write(packed, 10, packed.length - 10);
    try (BlockDevice device = Chains.open(filter(), disk(longer.toByteArray()))) {
      requireContents(device, 1);
    }
  }

  @Test
  void anEmptyFileIsAnEmptyDisk() throws Exception {
    try (BlockDevice device = Chains.open(filter(), disk(pack(new byte[0])))) {
      assertThat(device.size()).isZero();
    }
  }

  @Test
  void indexIsReusedAndAvoidsDecompression() throws Exception {
    byte[] packed = pack(contents);
    Chains.open(filter(), disk(packed)).close();
    byte[] first = Files.readAllBytes(index());
    ModelDisk disk = disk(packed);
    try (BlockDevice device = Chains.open(filter(), disk)) {
      disk.drainCalls();
      assertThat(read(device, 800_000, 10))
          .isEqualTo(Arrays.copyOfRange(contents, 800_000, 800_010));
      assertThat(disk.drainCalls()).hasSizeLessThan(3);
      requireContents(device, 2);
    }
    assertThat(Files.readAllBytes(index())).isEqualTo(first);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(index());
    }
  }

  @Test
  void sequentialReadsContinueWhereTheLastOneEnded() throws Exception {
    ModelDisk disk = disk(pack(contents));
    try (BlockDevice device = Chains.open(filter(), disk)) {
      disk.drainCalls();
      for (int at = 0; at + 1000 < contents.length; at += 1000) {
        read(device, at, 1000);
      }
      assertThat(disk.drainCalls()).hasSizeLessThan(disk.bytes.length / (1 << 16) + 2);
    }
  }

  /** bgzip creates such files. */
  @Test
  void smallMembersAreReadOnce() throws Exception {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    for (int at = 0; at < contents.length; at += 5000) {
      parts.writeBytes(
          pack(Arrays.copyOfRange(contents, at, Math.min(at + 5000, contents.length))));
    }
    ModelDisk disk = disk(parts.toByteArray());
    try (BlockDevice device = Chains.open(filter(), disk)) {
      disk.drainCalls();
      for (int at = 0; at + 1000 < contents.length; at += 1000) {
        read(device, at, 1000);
      }
      assertThat(disk.drainCalls()).hasSizeLessThan(disk.bytes.length / (1 << 16) * 2 + 2);
      requireContents(device, 1);
    }
  }

  /** The end of the first member is read only with the next piece, after all of its contents. */
  @Test
  void readMayBeginWhereAMemberEnds() throws Exception {
    int[] blocks = {40_000, (1 << 16) - 40_000 - 2 * 5};
    byte[] member = Arrays.copyOf(contents, blocks[0] + blocks[1]);
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    parts.write(pack(new byte[0]), 0, 10);
    for (int i = 0, at = 0; i < 2; at += blocks[i++]) {
      int length = blocks[i];
      parts.writeBytes(new byte[] {0, (byte) length, (byte) (length >> 8)});
      parts.writeBytes(new byte[] {(byte) ~length, (byte) (~length >> 8)});
      parts.write(member, at, length);
    }
    parts.writeBytes(new byte[] {3, 0});
    byte[] packed = pack(member);
    parts.write(packed, packed.length - 8, 8);
    parts.writeBytes(pack(Arrays.copyOfRange(contents, member.length, contents.length)));
    try (BlockDevice device = Chains.open(filter(), disk(parts.toByteArray()))) {
      assertThat(read(device, 0, member.length)).isEqualTo(member);
      assertThat(read(device, member.length, 100))
          .isEqualTo(Arrays.copyOfRange(contents, member.length, member.length + 100));
      requireContents(device, 1);
    }
  }

  @Test
  void manyThreadsReadAtTheSameTime() throws Exception {
    ModelDisk disk = disk(pack(contents));
    ExecutorService threads = Executors.newFixedThreadPool(12);
    try (BlockDevice device = Chains.open(filter(), disk)) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        long seed = i;
        done.add(
            threads.submit(
                () -> {
                  requireContents(device, seed);
                  return null;
                }));
      }
      for (Future<?> one : done) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(disk.breaches).isEmpty();
  }

  @Test
  void theIndexOfAnotherFileIsRefused() throws Exception {
    Chains.open(filter(), disk(pack(contents))).close();
    byte[] other = contents.clone();
    other[10] ^= 1;
    ModelDisk disk = disk(pack(other));
    assertThatThrownBy(() -> Chains.open(filter(), disk))
        .hasMessageContaining("is the index of another gzip file");
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void otherAndDamagedIndexFilesAreRefused() throws Exception {
    ModelDisk disk = disk(pack(contents));
    Files.writeString(index(), "a file of the user, which must not be lost ".repeat(3));
    assertThatThrownBy(() -> Chains.open(filter(), disk))
        .hasMessageContaining("is not an index of this filter");
    Files.delete(index());
    Chains.open(filter(), disk).close();
    byte[] good = Files.readAllBytes(index());
    for (int at : new int[] {24, 32, 40, 48, good.length - 20}) {
      byte[] bad = good.clone();
      bad[at + 6] ^= 1;
      Files.write(index(), bad);
      assertThatThrownBy(() -> Chains.open(filter(), disk))
          .as("%d", at)
          .hasMessageContaining("is damaged");
    }
    Files.write(index(), Arrays.copyOf(good, good.length - 1));
    assertThatThrownBy(() -> Chains.open(filter(), disk)).hasMessageContaining("is damaged");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 400_000, -8, -4})
  void aDamagedFileIsRefusedAndLeavesNoIndex(int at) throws Exception {
    byte[] packed = pack(contents);
    packed[at < 0 ? packed.length + at : at] ^= (byte) 0x80;
    ModelDisk disk = disk(packed);
    assertThatThrownBy(() -> Chains.open(filter(), disk))
        .hasMessageStartingWith("not a valid gzip file: ");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void aFileThatEndsTooEarlyIsRefused() throws Exception {
    byte[] packed = pack(contents);
    for (int length :
        new int[] {0, 1, 9, 11, packed.length / 2, packed.length - 9, packed.length - 1}) {
      assertThatThrownBy(() -> Chains.open(filter(), disk(Arrays.copyOf(packed, length))))
          .as("%d bytes", length)
          .hasMessageStartingWith("not a valid gzip file: ");
    }
  }

  @Test
  void randomDamageIsDetectedOrHarmless() throws Exception {
    byte[] small = Arrays.copyOf(contents, 50_000);
    byte[] packed = pack(small);
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      byte[] damaged = packed.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        damaged[random.nextInt(1 + random.nextInt(damaged.length))] = (byte) random.nextInt();
      }
      Files.deleteIfExists(index());
      try (BlockDevice device = Chains.open(filter(), disk(damaged))) {
        assertThat(read(device, 0, (int) device.size())).as("seed %d", seed).isEqualTo(small);
      } catch (IOException e) {
        assertThat(e).as("seed %d", seed).hasMessageStartingWith("not a valid gzip file");
      }
    }
  }

  @Test
  void fileThatChangesAfterIndexingIsReported() throws Exception {
    ModelDisk disk = disk(pack(contents));
    try (BlockDevice device = Chains.open(filter(), disk)) {
      Arrays.fill(disk.bytes, 20, disk.bytes.length, (byte) -1);
      assertThatThrownBy(() -> read(device, 100, 1000)).hasMessageContaining("do not match");
    }
  }

  @Test
  void readErrorsAreForwarded() throws Exception {
    ModelDisk disk = disk(pack(contents));
    disk.hook =
        (operation, offset, length, flags) -> {
          if (operation.equals("read") && offset > 200_000) {
            throw new IOException("planted");
          }
        };
    assertThatThrownBy(() -> Chains.open(filter(), disk)).hasMessage("planted");
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void aSpanBelowTheWindowIsRefused() {
    assertThatThrownBy(
            () -> Chains.configure(PROVIDER, "gzip-index-path=/tmp/i", "gzip-index-span=1K"))
        .hasMessageContaining("must be at least 32K, not 1024");
  }
}
