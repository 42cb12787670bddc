package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SparseDiskTest {
  private static final long GRAIN = 8 * 512;

  @TempDir Path dir;

  private SparseFixture scattered() {
    // 16 grains in tables of 4; 2, 3 and 4 follow one another in the file, 9 stands before 8, 12 is
    // zeroed.
    return SparseFixture.monolithic(16 * 8 - 3)
        .grain(9, 0x99)
        .grain(8, 0x88)
        .grain(2, 0x22)
        .grain(3, 0x33)
        .grain(4, 0x44)
        .grain(15, 0xff)
        .zeroed(12);
  }

  @Test
  void readsTheWholeDisk() throws IOException {
    SparseFixture fixture = scattered();
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      assertThat(disk.size()).isEqualTo(125 * 512);
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
    }
  }

  @Test
  void readsAnyRangeOfAnyAlignment() throws IOException {
    SparseFixture fixture = scattered();
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      Disks.assertReadsAnyRange(disk, fixture.content(), 42, 2000);
    }
  }

  @Test
  void readFillsOnlyTheBytesBetweenPositionAndLimit() throws IOException {
    SparseFixture fixture = scattered();
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      ByteBuffer buffer = ByteBuffer.allocate(100);
      Arrays.fill(buffer.array(), (byte) 7);
      buffer.position(10).limit(90);
      disk.read(buffer, 2 * GRAIN - 40);
      assertThat(buffer.position()).isEqualTo(90);
      assertThat(buffer.limit()).isEqualTo(90);
      assertThat(buffer.array()[9]).isEqualTo((byte) 7);
      assertThat(buffer.array()[10]).isZero();
      assertThat(buffer.array()[51]).isEqualTo((byte) 0x22);
      assertThat(buffer.array()[90]).isEqualTo((byte) 7);
    }
  }

  @Test
  void extentsAreThoseOfTheGrainTables() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(scattered().write(dir.resolve("disk.vmdk")))) {
      assertThat(Disks.map(disk))
          .containsExactly(
              "HOLE 0+8192",
              "DATA 8192+12288",
              "HOLE 20480+12288",
              "DATA 32768+8192",
              "HOLE 40960+8192",
              "ZERO 49152+4096",
              "HOLE 53248+8192",
              "DATA 61440+2560");
    }
  }

  @Test
  void extentsOfARangeAreCutToTheRange() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(scattered().write(dir.resolve("disk.vmdk")))) {
      assertThat(Disks.map(disk, 8191, 3)).containsExactly("HOLE 8191+1", "DATA 8192+2");
      assertThat(Disks.map(disk, 100, 0)).isEmpty();
    }
  }

  /** The hole of a missing table ends where the table would end, not one table's length later. */
  @Test
  void holeThatBeginsInsideAMissingTableEndsWithTheTable() throws IOException {
    SparseFixture fixture = SparseFixture.monolithic(16 * 8).grain(4, 0x44).grain(13, 0xdd);
    fixture.redundant = false;
    ByteBuffer image = ByteBuffer.wrap(fixture.build());
    for (int table : new int[] {0, 2}) {
      image.putInt((int) fixture.directoryOffset + table * Integer.BYTES, 0);
    }
    Path file = Files.write(dir.resolve("disk.vmdk"), image.array());
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(Disks.map(disk, 2 * GRAIN + 5, 8 * GRAIN))
          .containsExactly("HOLE 8197+8187", "DATA 16384+4096", "HOLE 20480+20485");
      assertThat(Disks.map(disk, 11 * GRAIN + 1, 3 * GRAIN))
          .containsExactly("HOLE 45057+8191", "DATA 53248+4096", "HOLE 57344+1");
    }
  }

  @Test
  void extentsStopWhenTheVisitorReturnsFalse() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(scattered().write(dir.resolve("disk.vmdk")))) {
      int[] visits = {0};
      disk.extents(0, disk.size(), (offset, length, kind) -> ++visits[0] < 2);
      assertThat(visits[0]).isEqualTo(2);
    }
  }

  @Test
  void aRangeOutsideTheDiskIsRefused() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(scattered().write(dir.resolve("disk.vmdk")))) {
      ByteBuffer one = ByteBuffer.allocate(1);
      assertThatThrownBy(() -> disk.read(one, disk.size()))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> disk.read(one, -1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> disk.extents(1, disk.size(), (o, l, k) -> true))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aRenamedDiskOpensThoughItsDescriptorNamesTheOldFile() throws IOException {
    SparseFixture fixture = scattered();
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("renamed.vmdk")))) {
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
      assertThat(disk.info().extents().get(0).file().realPath())
          .isEqualTo(dir.resolve("renamed.vmdk").toRealPath());
    }
  }

  @Test
  void aDamagedTableEntryIsReplacedByItsRedundantCopy() throws IOException {
    SparseFixture fixture = scattered();
    byte[] image = fixture.build();
    SparseFixture.le(4)
        .putInt(0, 0x7fffffff)
        .get(0, image, fixture.entryOffsets.get(3L).intValue(), 4);
    try (VmdkDisk disk = VmdkDisk.open(Files.write(dir.resolve("disk.vmdk"), image))) {
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
    }
  }

  @Test
  void aDamagedDirectoryIsReplacedByItsRedundantCopy() throws IOException {
    SparseFixture fixture = scattered();
    byte[] image = fixture.build();
    Arrays.fill(
        image, (int) fixture.directoryOffset, (int) fixture.directoryOffset + 16, (byte) 0xee);
    try (VmdkDisk disk = VmdkDisk.open(Files.write(dir.resolve("disk.vmdk"), image))) {
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
      assertThat(Disks.map(disk)).hasSize(8);
    }
  }

  @Test
  void aDirectoryOutsideTheFileIsReplacedByItsRedundantCopy() throws IOException {
    SparseFixture fixture = scattered();
    byte[] image = fixture.build();
    SparseFixture.le(8).putLong(0, 1L << 40).get(0, image, 56, 8);
    try (VmdkDisk disk = VmdkDisk.open(Files.write(dir.resolve("disk.vmdk"), image))) {
      assertThat(Disks.readAll(disk)).isEqualTo(fixture.content());
    }
  }

  @Test
  void tableEntryThatIsDamagedInBothCopiesIsReported() throws IOException {
    SparseFixture fixture = scattered();
    byte[] image = fixture.build();
    SparseFixture.le(4).putInt(0, 77777).get(0, image, fixture.entryOffsets.get(3L).intValue(), 4);
    SparseFixture.le(4)
        .putInt(0, 77777)
        .get(0, image, fixture.redundantEntryOffsets.get(3L).intValue(), 4);
    try (VmdkDisk disk = VmdkDisk.open(Files.write(dir.resolve("disk.vmdk"), image))) {
      assertThatThrownBy(() -> Disks.readAll(disk))
          .isInstanceOf(VmdkException.class)
          .hasMessageContaining("disk.vmdk: entry 3 of the grain table at sector")
          .hasMessageContaining("(grain 3) is sector 77777; expected 0 or");
      assertThat(Disks.read(disk, 4 * GRAIN, 512)[1])
          .as("other grains still read")
          .isEqualTo((byte) 0x44);
    }
  }

  @Test
  void entryOneIsAZeroedGrainOnlyIfTheHeaderHasTheFlag() throws IOException {
    SparseFixture fixture = scattered();
    fixture.extraFlags = 0;
    try (VmdkDisk disk = VmdkDisk.open(fixture.write(dir.resolve("disk.vmdk")))) {
      assertThatThrownBy(() -> Disks.read(disk, 12 * GRAIN, 1))
          .hasMessageContaining("is sector 1; expected");
    }
  }

  @Test
  void aDiskOfSeveralExtentsReadsAsOne() throws IOException {
    SparseFixture first = scattered();
    SparseFixture second = SparseFixture.monolithic(24).grain(0, 0x5a).grain(2, 0x5b);
    first.descriptor = null;
    second.descriptor = null;
    first.write(dir.resolve("d-s001.vmdk"));
    second.write(dir.resolve("d-s002.vmdk"));
    String text =
        SparseFixture.descriptor(
            "twoGbMaxExtentSparse",
            "RW 125 SPARSE \"d-s001.vmdk\"",
            "RW 0 ZERO",
            "RW 24 SPARSE \"d-s002.vmdk\"");
    Path descriptor = Files.writeString(dir.resolve("d.vmdk"), text);
    byte[] content = Arrays.copyOf(first.content(), 149 * 512);
    System.arraycopy(second.content(), 0, content, 125 * 512, 24 * 512);
    try (VmdkDisk disk = VmdkDisk.open(descriptor)) {
      assertThat(Disks.readAll(disk)).isEqualTo(content);
      assertThat(Disks.read(disk, 124 * 512 + 500, 100))
          .isEqualTo(Arrays.copyOfRange(content, 124 * 512 + 500, 124 * 512 + 600));
      assertThat(Disks.map(disk, 124 * 512, 25 * 512))
          .containsExactly("DATA 63488+4608", "HOLE 68096+4096", "DATA 72192+4096");
    }
  }

  @Test
  void diskOfTwoTebibytesOpensAndMapsQuickly() throws IOException {
    // 2 TiB with 64 KiB grains and all of its tables, as VMware's products make it, in a file with
    // holes.
    SparseFixture fixture = SparseFixture.monolithic(1L << 32);
    fixture.grainSize = 128;
    fixture.tableEntries = 512;
    fixture.redundant = false;
    Path file = dir.resolve("disk.vmdk");
    long directory = 5 * 512;
    long firstTable = directory + 65536 * 4;
    long data = firstTable + 65536L * 2048;
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.write(fixture.header(5));
      image.write(fixture.descriptor.getBytes(StandardCharsets.UTF_8));
      ByteBuffer entries = SparseFixture.le(65536 * 4);
      for (int i = 0; i < 65536; i++) {
        entries.putInt((int) ((firstTable + i * 2048L) / 512));
      }
      image.seek(directory);
      image.write(entries.array());
      image.seek(firstTable + 65535L * 2048 + 511 * 4); // the very last grain
      image.write(SparseFixture.le(4).putInt((int) (data / 512)).array());
      image.seek(data);
      image.write(0x5a);
      image.setLength(data + 65536);
    }
    long started = System.nanoTime();
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(disk.size()).isEqualTo(1L << 41);
      assertThat(Disks.read(disk, (1L << 41) - 65536, 2)).containsExactly(0x5a, 0);
      assertThat(Disks.map(disk, (1L << 41) - (1L << 32), 1L << 32))
          .containsExactly("HOLE 2194728288256+4294901760", "DATA 2199023190016+65536");
    }
    assertThat(System.nanoTime() - started).isLessThan(5_000_000_000L);
  }

  /** The first specification allows it. The name of the file shows which extent it is. */
  @ParameterizedTest
  @ValueSource(strings = {"disk.vmdk", "renamed.vmdk"})
  void embeddedDescriptorMayNameFurtherExtents(String name) throws IOException {
    SparseFixture first = SparseFixture.monolithic(64).grain(1, 0x11);
    first.descriptor =
        SparseFixture.descriptor(
            "monolithicSparse", "RW 64 SPARSE \"disk.vmdk\"", "RW 64 SPARSE \"more.vmdk\"");
    SparseFixture second = SparseFixture.monolithic(64).grain(2, 0x22);
    second.write(dir.resolve("more.vmdk"));
    try (VmdkDisk disk = VmdkDisk.open(first.write(dir.resolve(name)))) {
      byte[] all = Disks.readAll(disk);
      int half = all.length / 2;
      assertThat(Arrays.copyOf(all, half)).isEqualTo(first.content());
      assertThat(Arrays.copyOfRange(all, half, all.length)).isEqualTo(second.content());
    }
    Files.delete(dir.resolve("more.vmdk"));
    assertThatThrownBy(() -> VmdkDisk.open(dir.resolve(name)))
        .hasMessageContaining("more.vmdk does not exist");
  }
}
