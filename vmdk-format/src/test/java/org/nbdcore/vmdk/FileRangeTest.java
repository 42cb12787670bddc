package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.system.SystemCalls;

/** File ranges of a disk, which the system can send from its page cache. */
final class FileRangeTest {
  private static final int GRAIN = 4096;

  @TempDir Path dir;
  private byte[] found; // null if there is none

  @BeforeEach
  void assumePageCacheAccess() {
    assumeTrue(SystemCalls.expected(), "the page cache cannot be queried here");
  }

  private boolean fileRange(VmdkDisk disk, long offset, long length) throws IOException {
    found = null;
    return disk.fileRange(offset, length, this::take);
  }

  private void take(FileChannel file, long position, long length) {
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    try {
      assertThat(file.read(bytes, position)).isEqualTo((int) length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    found = bytes.array();
  }

  private void assertFileRange(VmdkDisk disk, int offset, int length) throws IOException {
    assertThat(fileRange(disk, offset, length)).isTrue();
    assertThat(found).isEqualTo(Disks.read(disk, offset, length));
  }

  /** Grains 1 to 3 follow one another in the file, grain 6 lies before them. */
  private Path sparse() throws IOException {
    SparseFixture fixture = SparseFixture.monolithic(64);
    return fixture
        .grain(6, 0x66)
        .grain(1, 0x11)
        .grain(2, 0x22)
        .grain(3, 0x33)
        .write(dir.resolve("disk.vmdk"));
  }

  @Test
  void contiguousGrainsHaveAFileRange() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(sparse())) {
      assertFileRange(disk, GRAIN, 3 * GRAIN);
      assertFileRange(disk, GRAIN + 100, 2 * GRAIN + 1000);
      assertFileRange(disk, 6 * GRAIN + 1, GRAIN - 1);
    }
  }

  @Test
  void scatteredOrUnallocatedGrainsHaveNoFileRange() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(sparse())) {
      assertThat(fileRange(disk, 3 * GRAIN, 2 * GRAIN)).isFalse();
      assertThat(fileRange(disk, 0, 2 * GRAIN)).isFalse();
      assertThat(fileRange(disk, 0, GRAIN)).isFalse();
      assertThat(fileRange(disk, 5 * GRAIN, 2 * GRAIN)).isFalse();
    }
    assertThat(found).isNull();
  }

  /** The grains of such a disk may move while the system sends them. */
  @Test
  void writableGrowingDiskHasNoFileRange() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(sparse(), VmdkOptions.defaults().withWritable(true))) {
      assertThat(fileRange(disk, GRAIN, GRAIN)).isFalse();
    }
  }

  @Test
  void compressedGrainsHaveNoFileRange() throws IOException {
    Path file = SparseFixture.stream(64).grain(0, 1).grain(1, 2).write(dir.resolve("disk.vmdk"));
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(fileRange(disk, 0, GRAIN)).isFalse();
    }
  }

  @Test
  void flatDiskHasFileRangesWithinItsExtents() throws IOException {
    byte[] bytes = new byte[64 << 10];
    new Random(14).nextBytes(bytes);
    Files.write(dir.resolve("flat"), bytes);
    String[] extents = {"RW 64 FLAT \"flat\" 8", "RW 8 FLAT \"flat\" 0"};
    Path file =
        Files.writeString(dir.resolve("disk.vmdk"), SparseFixture.descriptor("custom", extents));
    for (boolean writable : new boolean[] {false, true}) {
      try (VmdkDisk disk = VmdkDisk.open(file, VmdkOptions.defaults().withWritable(writable))) {
        assertFileRange(disk, 1000, 20_000);
        assertThat(found).isEqualTo(Arrays.copyOfRange(bytes, 4096 + 1000, 4096 + 21_000));
        assertFileRange(disk, 64 * 512, 8 * 512);
        assertThat(fileRange(disk, 63 * 512, 2 * 512)).isFalse();
      }
    }
  }

  @Test
  void holesOfAChildHaveAFileRangeInItsParent() throws IOException {
    Path parent = sparse();
    Path child = dir.resolve("child.vmdk");
    VmdkDisk.createChild(FileLocation.of(child), FileLocation.of(parent));
    try (VmdkDisk disk = VmdkDisk.open(child)) {
      assertFileRange(disk, GRAIN, 3 * GRAIN);
      assertThat(fileRange(disk, 0, GRAIN)).isFalse();
    }
  }

  /** The hole of a sparse file has no pages until it is read. */
  @Test
  void dataOutsideThePageCacheHasNoFileRange() throws IOException {
    Path flat = dir.resolve("flat");
    try (FileChannel channel =
        FileChannel.open(flat, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), (1 << 20) - 1);
    }
    String extent = "RW 2048 FLAT \"flat\" 0";
    Path file =
        Files.writeString(dir.resolve("disk.vmdk"), SparseFixture.descriptor("custom", extent));
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(fileRange(disk, 0, 1 << 19)).isFalse();
    }
  }
}
