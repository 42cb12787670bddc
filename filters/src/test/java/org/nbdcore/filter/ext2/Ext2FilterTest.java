package org.nbdcore.filter.ext2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.ext2.Images.contents;
import static org.nbdcore.filter.ext2.Images.open;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;

final class Ext2FilterTest {

  private static final Ext2FilterProvider PROVIDER = new Ext2FilterProvider();

  @ParameterizedTest
  @ValueSource(strings = {"ext2", "ext4", "ext4-old"})
  void filesOfEveryFormatAreRead(String image) throws Exception {
    ModelDisk disk = Images.disk(image);
    assertThat(contents(disk, "/disks/full")).isEqualTo(Images.full());
    assertThat(contents(disk, "/disks/sparse")).isEqualTo(Images.sparse());
    assertThat(contents(disk, "//disks/./sub/../small")).isEqualTo(Images.small());
    assertThat(contents(disk, "/link")).isEqualTo(Images.sparse());
    assertThat(contents(disk, "/long")).isEqualTo(Images.sparse());
    assertThat(contents(disk, "/disks/sub/file-with-a-long-name-59")).isEmpty();
    assertThat(disk.bytes).isEqualTo(Images.image(image));
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void holesAndUnwrittenBlocksAreReported() throws Exception {
    try (BlockDevice device = open(Images.disk("ext4"), "/disks/sparse")) {
      assertThat(Chains.extents(device, 0, 65 << 10, Flags.NONE))
          .isEqualTo(
              "0+1024=0 1024+3072=3 4096+4096=0 8192+32768=3 40960+8192=0 49152+12288=3"
                  + " 61440+5120=2");
    }
  }

  @Test
  void fileWithInlineDataIsWritable() throws Exception {
    ModelDisk disk = Images.disk("ext4");
    byte[] model = Images.small();
    try (BlockDevice device = open(disk, "/disks/small")) {
      Chains.write(device, 50, Chains.bytes(9, 20), Flags.FUA);
      device.zero(90, 10, Flags.NONE);
    }
    Arrays.fill(model, 50, 70, (byte) 9);
    Arrays.fill(model, 90, 100, (byte) 0);
    assertThat(contents(disk, "/disks/small")).isEqualTo(model);
    Images.requireConsistent(disk.bytes);
  }

  @Test
  void theExportNameMayBeThePath() throws Exception {
    ModelDisk disk = Images.disk("ext4");
    Filter filter = Chains.filter(PROVIDER, "ext2file=exportname");
    OpenRequest request = OpenRequest.detached("/disks/small", true);
    try (BlockDevice device = filter.open(request, disk)) {
      assertThat(read(device, 0, Images.SMALL)).isEqualTo(Images.small());
      assertThat(device.capabilities().write()).isFalse();
    }
    assertThat(disk.opened).allMatch(opened -> opened.exportName().isEmpty());
    assertThat(filter.listExports(request, disk)).isEmpty();
    assertThatThrownBy(() -> filter.open(OpenRequest.detached("disks", true), disk))
        .hasMessageContaining("must be the absolute path of a file");
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void aRelativePathIsRefused() {
    assertThatThrownBy(() -> Chains.configure(PROVIDER, "ext2file=disk"))
        .hasMessageContaining("must be an absolute path, which starts with '/'");
  }

  @ParameterizedTest
  @CsvSource({
    "/nothing, there is no 'nothing'",
    "/disks/full/x, no directory",
    "/disks/full/, no directory",
    "/disks/full/../full, no directory",
    "/disks, regular file",
    "/, regular file",
    "/loop, more than 40 symbolic links"
  })
  void aPathThatIsNoFileIsRefused(String path, String message) throws Exception {
    ModelDisk disk = Images.disk("ext4");
    assertThatThrownBy(() -> open(disk, path)).hasMessageContaining(message);
    assertThat(disk.open.get()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0x60, 0x4, needs_recovery",
    "0x60, 0x1, compression",
    "0x60, 0x8, journal_dev",
    "0x60, 0x40000000, 0x40000000",
    "0x64, 0x4000, shared_blocks",
    "0x64, 0x80, snapshot"
  })
  void unsupportedFeaturesAreReported(String at, String bit, String name) throws Exception {
    ModelDisk disk = Images.disk("ext4-old");
    ByteBuffer superblock = Images.superblock(disk.bytes);
    int field = Integer.decode(at);
    superblock.putInt(field, superblock.getInt(field) | Integer.decode(bit));
    assertThatThrownBy(() -> open(disk, "/disks/full")).hasMessageContaining(name);
  }

  @ParameterizedTest
  @CsvSource({"0x100, quota", "0x200, bigalloc", "0, unmounted cleanly"})
  void unreliableBlockCountsAllowNoNewBlocks(String bit, String name) throws Exception {
    ModelDisk disk = Images.disk("ext4-old");
    ByteBuffer superblock = Images.superblock(disk.bytes);
    superblock.putInt(0x64, superblock.getInt(0x64) | Integer.decode(bit));
    superblock.putInt(0x24, superblock.getInt(0x20));
    superblock.putShort(0x3a, (short) (bit.equals("0") ? 0 : 1));
    byte[] before = disk.bytes.clone();
    try (BlockDevice device = open(disk, "/disks/sparse")) {
      assertThatThrownBy(() -> Chains.write(device, 20_000, new byte[10], Flags.NONE))
          .hasMessageContaining(name);
      assertThat(disk.bytes).isEqualTo(before);
      Chains.write(device, 5000, Chains.bytes(1, 100), Flags.NONE);
      assertThat(read(device, 5000, 100)).isEqualTo(Chains.bytes(1, 100));
    }
  }

  @Test
  void aFileSystemThatAnotherHostUsesIsReadOnly() throws Exception {
    ModelDisk disk = Images.disk("ext4-old");
    ByteBuffer superblock = Images.superblock(disk.bytes);
    superblock.putInt(0x60, superblock.getInt(0x60) | 0x100).putLong(0x168, 1000);
    assertThatThrownBy(() -> open(disk, "/disks/full")).hasMessageContaining("another host");
    Filter filter = Chains.filter(PROVIDER, "ext2file=/disks/full");
    filter.open(OpenRequest.detached("", true), disk).close();
  }

  @Test
  void minimumBlockSizeBelowMustNotExceedTheFileSystemBlock() throws Exception {
    ModelDisk disk = Images.disk("ext2").withBlockSizes(2048, 4096, 1 << 20);
    assertThatThrownBy(() -> open(disk, "/disks/full")).hasMessageContaining("--filter=blocksize");
  }

  @Test
  void wrongChecksumsAreDetected() throws Exception {
    for (int at : new int[] {1024 + 0x78, 2048 + 64 + 0xd}) {
      ModelDisk disk = Images.disk("ext4");
      disk.bytes[at] ^= 1;
      assertThatThrownBy(
              () -> {
                try (BlockDevice device = open(disk, "/disks/sparse")) {
                  Chains.write(device, 0, Chains.bytes(1, 300_000), Flags.NONE);
                }
              })
          .hasMessageContaining("wrong checksum");
    }
  }

  @Test
  void diskWithoutAFileSystemIsRefused() {
    assertThatThrownBy(() -> open(new ModelDisk(100), "/a")).hasMessageContaining("only 100 bytes");
    assertThatThrownBy(() -> open(new ModelDisk(10_000), "/a"))
        .hasMessageContaining("no magic number");
  }
}
