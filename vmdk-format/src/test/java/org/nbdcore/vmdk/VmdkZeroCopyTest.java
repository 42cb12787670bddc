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

/** Zero-copy reads of a disk, which the system serves from its page cache. */
final class VmdkZeroCopyTest {
  private static final int GRAIN = 4096;

  @TempDir Path dir;
  private byte[] bytesRead; // null if nothing was

  @BeforeEach
  void needThePageCache() {
    assumeTrue(SystemCalls.expected(), "the page cache can be asked here");
  }

  private boolean readZeroCopy(VmdkDisk disk, long offset, long length) throws IOException {
    bytesRead = null;
    return disk.readZeroCopy(offset, length, this::take);
  }

  private void take(FileChannel file, long position, long length) {
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    try {
      assertThat(file.read(bytes, position)).isEqualTo((int) length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    bytesRead = bytes.array();
  }

  private void assertZeroCopy(VmdkDisk disk, int offset, int length) throws IOException {
    assertThat(readZeroCopy(disk, offset, length)).isTrue();
    assertThat(bytesRead).isEqualTo(Disks.read(disk, offset, length));
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
  void grainsInOnePieceAreReadWithoutACopy() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(sparse())) {
      assertZeroCopy(disk, GRAIN, 3 * GRAIN);
      assertZeroCopy(disk, GRAIN + 100, 2 * GRAIN + 1000);
      assertZeroCopy(disk, 6 * GRAIN + 1, GRAIN - 1);
    }
  }

  @Test
  void whatIsInSeveralPiecesOrNotStoredIsRead() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(sparse())) {
      assertThat(readZeroCopy(disk, 3 * GRAIN, 2 * GRAIN)).isFalse();
      assertThat(readZeroCopy(disk, 0, 2 * GRAIN)).isFalse();
      assertThat(readZeroCopy(disk, 0, GRAIN)).isFalse();
      assertThat(readZeroCopy(disk, 5 * GRAIN, 2 * GRAIN)).isFalse();
    }
    assertThat(bytesRead).isNull();
  }

  /** Its grains may move while they are sent. */
  @Test
  void growingDiskThatIsWrittenDeclines() throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(sparse(), VmdkOptions.defaults().withWritable(true))) {
      assertThat(readZeroCopy(disk, GRAIN, GRAIN)).isFalse();
    }
  }

  @Test
  void compressedGrainsAreRead() throws IOException {
    Path file = SparseFixture.stream(64).grain(0, 1).grain(1, 2).write(dir.resolve("disk.vmdk"));
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(readZeroCopy(disk, 0, GRAIN)).isFalse();
    }
  }

  @Test
  void flatDiskIsReadWithoutACopyWithinItsExtents() throws IOException {
    byte[] bytes = new byte[64 << 10];
    new Random(14).nextBytes(bytes);
    Files.write(dir.resolve("flat"), bytes);
    String[] extents = {"RW 64 FLAT \"flat\" 8", "RW 8 FLAT \"flat\" 0"};
    Path file =
        Files.writeString(dir.resolve("disk.vmdk"), SparseFixture.descriptor("custom", extents));
    for (boolean writable : new boolean[] {false, true}) {
      try (VmdkDisk disk = VmdkDisk.open(file, VmdkOptions.defaults().withWritable(writable))) {
        assertZeroCopy(disk, 1000, 20_000);
        assertThat(bytesRead).isEqualTo(Arrays.copyOfRange(bytes, 4096 + 1000, 4096 + 21_000));
        assertZeroCopy(disk, 64 * 512, 8 * 512);
        assertThat(readZeroCopy(disk, 63 * 512, 2 * 512)).isFalse();
      }
    }
  }

  @Test
  void holesOfChildAreReadWithoutACopyByItsParent() throws IOException {
    Path parent = sparse();
    Path child = dir.resolve("child.vmdk");
    VmdkDisk.createChild(FileLocation.of(child), FileLocation.of(parent));
    try (VmdkDisk disk = VmdkDisk.open(child)) {
      assertZeroCopy(disk, GRAIN, 3 * GRAIN);
      assertThat(readZeroCopy(disk, 0, GRAIN)).isFalse();
    }
  }

  /** The hole of a sparse file has no pages until it is read. */
  @Test
  void whatIsNotInMemoryIsRead() throws IOException {
    Path flat = dir.resolve("flat");
    try (FileChannel channel =
        FileChannel.open(flat, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), (1 << 20) - 1);
    }
    String extent = "RW 2048 FLAT \"flat\" 0";
    Path file =
        Files.writeString(dir.resolve("disk.vmdk"), SparseFixture.descriptor("custom", extent));
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      assertThat(readZeroCopy(disk, 0, 1 << 19)).isFalse();
    }
  }
}
