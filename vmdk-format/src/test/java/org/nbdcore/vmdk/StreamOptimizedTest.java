package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("newest")
final class StreamOptimizedTest {
  private static final int GRAIN = 8 * 512;

  @TempDir Path dir;

  private static SparseFixture fixture() {
    SparseFixture fixture =
        SparseFixture.stream(16 * 8 - 3).grain(1, 0x11).grain(2, 0x22).grain(15, 0xff);
    byte[] noise = new byte[GRAIN];
    new Random(7).nextBytes(noise);
    fixture.grains.put(5L, noise); // larger when compressed
    return fixture;
  }

  @Test
  void streamWithItsDirectoryAtTheEndIsRead() throws IOException {
    SparseFixture fixture = fixture();
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
      assertThat(disk.info().extents().get(0).compressed()).isTrue();
      assertThat(Disks.map(disk))
          .containsExactly(
              "HOLE 0+4096",
              "DATA 4096+8192",
              "HOLE 12288+8192",
              "DATA 20480+4096",
              "HOLE 24576+36864",
              "DATA 61440+2560");
    }
  }

  @Test
  void streamWithoutFooterIsRead() throws IOException {
    SparseFixture fixture = fixture();
    fixture.footer = false;
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
    }
  }

  private static void assertReadsWithWarning(Path file, SparseFixture fixture, String warning)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    VmdkOptions options = VmdkOptions.defaults().withWarnings(warnings::add);
    try (VmdkDisk disk = VmdkDisk.open(file, options)) {
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
    }
    assertThat(warnings).containsExactly(file + ": " + warning);
  }

  /** Bytes follow the footer, or the end marker is missing or truncated. */
  @ParameterizedTest
  @ValueSource(ints = {512, -512, 1, -100, 500_000})
  void misplacedFooterIsFoundWithAWarning(int longer) throws IOException {
    SparseFixture fixture = fixture();
    byte[] image = fixture.build();
    byte[] other = Arrays.copyOf(image, image.length + longer);
    Path file = Files.write(dir.resolve("disk.vmdk"), other);
    assertReadsWithWarning(
        file,
        fixture,
        "its footer begins "
            + (1024 + longer)
            + " bytes before the end instead of 1024 (was something appended or cut off?)");
  }

  @Test
  void searchForTheFooterIsLimited() throws IOException {
    byte[] image = fixture().build();
    byte[] other = Arrays.copyOf(image, image.length + StreamFooter.MAX_SEARCH);
    Path file = Files.write(dir.resolve("disk.vmdk"), other);
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessage(
            file
                + ": is a stream without an end: its last 1048576 bytes hold neither footer nor grain"
                + " directory (was the file cut off?); get the file again");
  }

  /** The footer's marker, the footer and the end are missing. */
  @Test
  void aStreamThatEndsWithItsDirectoryReadsWithAWarning() throws IOException {
    SparseFixture fixture = fixture();
    byte[] image = Arrays.copyOf(fixture.build(), (int) fixture.footerOffset - 512);
    Path file = Files.write(dir.resolve("disk.vmdk"), image);
    assertReadsWithWarning(
        file,
        fixture,
        "its footer is missing; the grain directory at byte "
            + fixture.directoryOffset
            + " is used (was the file cut off?)");
  }

  /** A disk image inside of the disk, for example. */
  @Test
  void dataThatLooksLikeAFooterIsIgnored() throws IOException {
    SparseFixture fixture = fixture();
    byte[] image = fixture.build();
    byte[] other = Arrays.copyOf(image, image.length + 1024);
    System.arraycopy(fixture.header(-1), 0, other, image.length, 512);
    Arrays.fill(other, image.length + 512, other.length, (byte) 1);
    SparseFixture.le(4).putInt(0, SparseHeader.MAGIC).get(0, other, image.length + 512, 4);
    Path file = Files.write(dir.resolve("disk.vmdk"), Arrays.copyOf(other, other.length + 1024));
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3 * GRAIN, 1 << 20})
  void partsOfGrainsAreReadWithAnyCacheSize(int cacheBytes) throws IOException {
    SparseFixture fixture = fixture();
    VmdkOptions options = VmdkOptions.defaults().withGrainCacheBytes(cacheBytes);
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")), options)) {
      Disks.assertReadsAnyRange(disk, fixture.content(), 4711, 1000);
    }
  }

  @Test
  void aCachedGrainIsNotReadAgain() throws IOException {
    Path file = fixture().write(dir.resolve("disk.vmdk"));
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      byte[] before = Disks.read(disk, GRAIN, 100);
      byte[] image = Files.readAllBytes(file);
      Arrays.fill(image, 5 * 512, image.length, (byte) 0);
      Files.write(file, image);
      assertThat(Disks.read(disk, GRAIN, 100)).isEqualTo(before);
      assertThatThrownBy(() -> Disks.read(disk, 2 * GRAIN, 100)).isInstanceOf(VmdkException.class);
    }
  }

  @Test
  void markerOfAnotherSectorIsReported() throws IOException {
    assertDamage(fixture -> patch(fixture, 2, 0, 8), "is 8; expected 16");
  }

  @Test
  void markerWithAnInvalidSizeIsReported() throws IOException {
    assertDamage(fixture -> patch(fixture, 2, 8, -1), "is 4294967295 bytes; expected 1 to");
    assertDamage(fixture -> patch(fixture, 2, 8, 0), "is 0 bytes; expected 1 to");
    assertDamage(fixture -> patch(fixture, 2, 8, 1 << 20), "is 1048576 bytes; expected 1 to");
  }

  @Test
  void invalidCompressedDataIsReported() throws IOException {
    assertDamage(
        fixture -> patch(fixture, 2, 12, -1), "the grain of sector 16 cannot be decompressed");
  }

  @Test
  void wrongChecksumIsReportedInFullAndPartialReads() throws IOException {
    Damage damage =
        fixture -> {
          int length = SparseFixture.deflate(fixture.grains.get(2L)).length;
          return patch(fixture, 2, 12 + length - 4, 0);
        };
    assertDamage(damage, "cannot be decompressed: incorrect data check");
  }

  /** The position shows the client where its read has failed. */
  @Test
  void aReadStopsBeforeTheGrainThatIsDamaged() throws IOException {
    SparseFixture fixture = fixture();
    int length = SparseFixture.deflate(fixture.grains.get(2L)).length;
    byte[] image = patch(fixture, 2, 12 + length - 4, 0);
    try (VmdkDisk disk = VmdkDisk.open(Files.write(dir.resolve("disk.vmdk"), image))) {
      ByteBuffer dst = ByteBuffer.allocateDirect(3 * GRAIN);
      assertThatThrownBy(() -> disk.read(dst, GRAIN)).hasMessageContaining("incorrect data check");
      assertThat(dst.position()).isEqualTo(GRAIN);
    }
  }

  @Test
  void grainThatDecompressesToTooManyBytesIsReported() throws IOException {
    SparseFixture fixture = fixture();
    fixture.grains.put(2L, new byte[8 << 20]); // packs to 8 KiB
    Path file = fixture.write(dir.resolve("disk.vmdk"));
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      ByteBuffer dst = ByteBuffer.allocate(GRAIN * 2);
      dst.limit(GRAIN);
      assertThatThrownBy(() -> disk.read(dst, 2 * GRAIN)).isInstanceOf(VmdkException.class);
    }
    fixture = fixture();
    fixture.grains.put(2L, new byte[GRAIN + 1]);
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(file))) {
      assertThatThrownBy(() -> Disks.read(disk, 2 * GRAIN, GRAIN))
          .hasMessageContaining("holds more than a grain");
      assertThatThrownBy(() -> Disks.read(disk, 2 * GRAIN, 10))
          .hasMessageContaining("holds more than a grain");
    }
  }

  @Test
  void grainThatDecompressesToTooFewBytesIsReported() throws IOException {
    SparseFixture fixture = fixture();
    fixture.grains.put(2L, new byte[GRAIN - 1]);
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      assertThatThrownBy(() -> Disks.read(disk, 2 * GRAIN, 10))
          .hasMessageContaining("is 4095 bytes long when decompressed; expected 4096 bytes");
    }
  }

  @Test
  void theLastGrainMayEndWithTheDisk() throws IOException {
    SparseFixture fixture = fixture();
    byte[] shortGrain = Arrays.copyOf(fixture.grains.get(15L), 5 * 512);
    fixture.grains.put(15L, shortGrain);
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
    }
  }

  @Test
  void truncatedStreamIsReported() throws IOException {
    SparseFixture fixture = fixture();
    byte[] image = fixture.build();
    int length = (int) fixture.directoryOffset - 512; // without the directory's marker
    Path file = Files.write(dir.resolve("disk.vmdk"), Arrays.copyOf(image, length));
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("is a stream without an end");
  }

  @Test
  void aFooterThatPointsToAFooterIsRefused() throws IOException {
    SparseFixture fixture = fixture();
    byte[] image = fixture.build();
    System.arraycopy(fixture.header(-1), 0, image, (int) fixture.footerOffset, 512);
    Path file = Files.write(dir.resolve("disk.vmdk"), image);
    assertThatThrownBy(() -> VmdkDisk.open(file))
        .hasMessageContaining("gdOffset in the footer is -1");
  }

  private interface Damage {
    byte[] apply(SparseFixture fixture) throws IOException;
  }

  private void assertDamage(Damage damage, String message) throws IOException {
    Path file = Files.write(dir.resolve("disk.vmdk"), damage.apply(fixture()));
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      for (int length : new int[] {10, GRAIN}) {
        assertThatThrownBy(() -> Disks.read(disk, 2 * GRAIN, length))
            .isInstanceOf(VmdkException.class)
            .hasMessageContaining("disk.vmdk: the")
            .hasMessageContaining(message);
      }
    }
  }

  private static byte[] patch(SparseFixture fixture, long grain, int at, int value)
      throws IOException {
    byte[] image = fixture.build();
    int offset = fixture.grainOffsets.get(grain).intValue() + at;
    SparseFixture.le(4).putInt(0, value).get(0, image, offset, 4);
    return image;
  }
}
