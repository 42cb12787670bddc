package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks created with qemu-img; qemu-images.txt beside them contains the commands. */
final class QemuImagesTest {
  private static final int SIZE = 1024 * 1024 + 3 * 512;

  @TempDir Path dir;

  @BeforeEach
  void unpack() throws IOException {
    try (InputStream resource = QemuImagesTest.class.getResourceAsStream("qemu-images.zip");
        ZipInputStream zip = new ZipInputStream(resource)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.write(dir.resolve(entry.getName()), zip.readAllBytes());
      }
    }
  }

  private static byte[] source() {
    byte[] disk = new byte[SIZE];
    fill(disk, 66536, 5000);
    fill(disk, 655060, 600);
    fill(disk, SIZE - 700, 700);
    return disk;
  }

  private static void fill(byte[] disk, int start, int length) {
    for (int i = start; i < start + length; i++) {
      disk[i] = (byte) ((i * 31) ^ (i >> 8) | 1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "monolithicSparse",
        "monolithicFlat",
        "twoGbMaxExtentSparse",
        "twoGbMaxExtentFlat",
        "streamOptimized"
      })
  void eachSubformatReadsAsItsSource(String subformat) throws IOException {
    byte[] source = source();
    try (VmdkDisk disk = VmdkDisk.open(dir.resolve(subformat + ".vmdk"))) {
      assertThat(disk.info().createType()).isEqualTo(subformat);
      assertThat(disk.info().adapterType()).isEqualTo("ide");
      assertThat(disk.info().hardwareVersion()).isEqualTo("4");
      assertThat(disk.info().geometry()).isEqualTo(new VmdkGeometry(2, 16, 63));
      assertThat(Disks.readAll(disk)).isEqualTo(source);
      assertThat(Disks.read(disk, 655001, 777))
          .isEqualTo(Arrays.copyOfRange(source, 655001, 655778));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"monolithicSparse", "twoGbMaxExtentSparse", "streamOptimized"})
  void extentsOfSparseSubformatsAreTheGrainsOfTheirSource(String subformat) throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(dir.resolve(subformat + ".vmdk"))) {
      assertThat(disk.preferredBlockSize()).isEqualTo(65536);
      assertThat(Disks.map(disk))
          .containsExactly(
              "HOLE 0+65536",
              "DATA 65536+65536",
              "HOLE 131072+458752",
              "DATA 589824+131072",
              "HOLE 720896+327680",
              "DATA 1048576+1536");
    }
  }

  @Test
  void snapshotReadsUnallocatedGrainsFromItsParent() throws IOException {
    byte[] expected = source();
    Arrays.fill(expected, 200000, 201000, (byte) 0xa5);
    Arrays.fill(expected, 0, 128 * 1024, (byte) 0);
    try (VmdkDisk disk = VmdkDisk.open(dir.resolve("child.vmdk"))) {
      assertThat(disk.info().parents())
          .extracting(FileLocation::realPath)
          .containsExactly(dir.resolve("monolithicSparse.vmdk"));
      assertThat(Disks.readAll(disk)).isEqualTo(expected);
      assertThat(Disks.map(disk))
          .containsExactly(
              "ZERO 0+131072",
              "HOLE 131072+65536",
              "DATA 196608+65536",
              "HOLE 262144+327680",
              "DATA 589824+131072",
              "HOLE 720896+327680",
              "DATA 1048576+1536");
    }
  }
}
