package org.nbdcore.filter.ext2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.ext2.Images.contents;
import static org.nbdcore.filter.ext2.Images.open;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;

/** Writes for which the filter allocates blocks of the file system. */
final class Ext2AllocationTest {

  private static final Ext2FilterProvider PROVIDER = new Ext2FilterProvider();

  @ParameterizedTest
  @CsvSource({"ext2,1", "ext2,2", "ext4,3", "ext4,4", "ext4-old,5", "ext4-old,6"})
  void writesToHolesKeepTheFileSystemConsistent(String image, long seed) throws Exception {
    ModelDisk disk = Images.disk(image);
    byte[] model = Images.sparse();
    Filter filter = Chains.filter(PROVIDER, "ext2file=/disks/sparse");
    Random random = new Random(seed);
    BlockDevice device = Chains.open(filter, disk);
    for (int i = 0; i < 150; i++) {
      int offset = random.nextInt(model.length);
      byte[] data = new byte[Math.min(model.length - offset, 1 + random.nextInt(5000))];
      if (random.nextInt(4) == 0) {
        device.zero(offset, data.length, Flags.NONE);
      } else {
        random.nextBytes(data);
        Chains.write(device, offset, data, random.nextBoolean() ? Flags.NONE : Flags.FUA);
      }
      System.arraycopy(data, 0, model, offset, data.length);
    }
    assertThat(read(device, 0, model.length)).as("seed %d", seed).isEqualTo(model);
    assertThat(Images.superblock(disk.bytes).getShort(0x3a)).as("in use").isZero();
    device.close();
    assertThat(disk.breaches).isEmpty();
    Images.requireConsistent(disk.bytes);
    assertThat(contents(disk, "/disks/sparse")).as("seed %d", seed).isEqualTo(model);
    assertThat(contents(disk, "/disks/full")).isEqualTo(Images.full());
  }

  /** Free blocks have old contents, which must not appear in the file. */
  @ParameterizedTest
  @ValueSource(strings = {"ext2", "ext4", "ext4-old"})
  void theRestOfANewBlockReadsAsZeroes(String image) throws Exception {
    ModelDisk disk = Images.disk(image);
    Images.fillFreeBlocks(disk.bytes);
    byte[] model = Images.sparse();
    try (BlockDevice device = open(disk, "/disks/sparse")) {
      for (int offset : new int[] {20_000, 70_000, 200_500, 299_990}) {
        Chains.write(device, offset, Chains.bytes(7, 3), Flags.NONE);
        Arrays.fill(model, offset, offset + 3, (byte) 7);
      }
      Chains.write(device, 100_000, Chains.bytes(8, 2000), Flags.NONE);
      Arrays.fill(model, 100_000, 102_000, (byte) 8);
      assertThat(read(device, 0, model.length)).isEqualTo(model);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext2", "ext4", "ext4-old"})
  void fullFileSystemIsReportedAndStaysConsistent(String image) throws Exception {
    ModelDisk disk = Images.disk(image);
    int blocks = Images.superblock(disk.bytes).getInt(4);
    try (BlockDevice device = open(disk, "/disks/sparse")) {
      Chains.write(device, 0, Chains.bytes(1, 300_000), Flags.NONE);
    }
    int free = Images.superblock(disk.bytes).getInt(0xc);
    assertThat(free).isBetween(0, blocks);
    Images.requireConsistent(disk.bytes);
    // A file with a larger size has enough holes for all free blocks.
    setSize(disk.bytes, image, Images.SPARSE, 8 << 20);
    try (BlockDevice device = open(disk, "/disks/sparse")) {
      assertThatThrownBy(
              () -> {
                for (int at = 1 << 20; at < 8 << 20; at += 1 << 18) {
                  Chains.write(device, at, Chains.bytes(2, 1 << 18), Flags.NONE);
                }
              })
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.ENOSPC));
    }
    Images.requireConsistent(disk.bytes);
    assertThat(contents(disk, "/disks/full")).isEqualTo(Images.full());
  }

  /** One block is free, for the data, but none is free for an extent node. */
  @Test
  void failedAllocationLeaksNoBlocks() throws Exception {
    int single = 0; // writes that need a block of data only
    for (int[] free : writeScattered(300)) {
      if (free[0] - free[1] > 1) {
        break;
      }
      single++;
    }
    boolean seen = false;
    for (int freeBlocks = single - 2; freeBlocks < single + 3; freeBlocks++) {
      List<int[]> writes = writeScattered(freeBlocks);
      int[] last = writes.get(writes.size() - 1);
      assertThat(last[1]).as("free blocks after the failure").isEqualTo(last[0]);
      seen |= last[0] > 0;
    }
    assertThat(seen).as("a block was free, but not two").isTrue();
  }

  /**
   * Fills the file system but for {@code left} blocks, and then writes to every second block of the
   * file, so that no two written blocks are contiguous. Returns how many blocks were free before
   * and after each write, the last of which fails.
   */
  private static List<int[]> writeScattered(int freeBlocks) throws Exception {
    ModelDisk disk = Images.disk("ext4");
    setSize(disk.bytes, "ext4", Images.SPARSE, 8 << 20);
    List<int[]> writes = new ArrayList<>();
    try (BlockDevice device = open(disk, "/disks/sparse")) {
      int at = 1 << 20;
      while (free(disk) > freeBlocks) {
        int length = Math.min(256, (free(disk) - freeBlocks + 1) / 2) * Images.BLOCK;
        Chains.write(device, at, Chains.bytes(2, length), Flags.NONE);
        at += length;
      }
      boolean failed = false;
      while (!failed) {
        at += 2 * Images.BLOCK;
        int before = free(disk);
        try {
          Chains.write(device, at, Chains.bytes(2, 1), Flags.NONE);
        } catch (NbdException e) {
          assertThat(e.error()).isEqualTo(NbdError.ENOSPC);
          failed = true;
        }
        writes.add(new int[] {before, free(disk)});
      }
    }
    Images.requireConsistent(disk.bytes);
    return writes;
  }

  private static int free(ModelDisk disk) {
    return Images.superblock(disk.bytes).getInt(0xc);
  }

  /** Changes the size in the inode, and removes the checksums that would notice it. */
  private static void setSize(byte[] image, String name, int from, int to) throws IOException {
    if (name.equals("ext4")) {
      removeChecksums(image);
    }
    for (int at = 0; at < image.length; at += 128) {
      ByteBuffer inode = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
      if (inode.getInt(at + 4) == from && (inode.getShort(at) & 0xf000) == 0x8000) {
        inode.putInt(at + 4, to);
        return;
      }
    }
    throw new AssertionError("no inode of " + from + " bytes");
  }

  private static void removeChecksums(byte[] image) {
    ByteBuffer superblock = Images.superblock(image);
    superblock.putInt(0x64, superblock.getInt(0x64) & ~0x400);
  }

  @Test
  void connectionsShareTheFreeBlocks() throws Exception {
    ModelDisk disk = Images.disk("ext4");
    Filter filter = Chains.filter(PROVIDER, "ext2file=/disks/sparse");
    byte[] model = Images.sparse();
    List<BlockDevice> devices = List.of(Chains.open(filter, disk), Chains.open(filter, disk));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Void>> done =
          threads.invokeAll(
              List.of(
                  () -> fillHoles(devices.get(0), 0, model),
                  () -> fillHoles(devices.get(1), 1, model)));
      for (Future<Void> one : done) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
    devices.get(0).close();
    assertThat(read(devices.get(1), 0, model.length)).isEqualTo(model);
    devices.get(1).close();
    Images.requireConsistent(disk.bytes);
    assertThat(contents(disk, "/disks/sparse")).isEqualTo(model);
  }

  /** Many plugins serve the same disk for all export names. */
  @Test
  void clientsWithDifferentExportNamesNeverAllocateTheSameBlocks() throws Exception {
    ModelDisk disk = Images.disk("ext4");
    Filter filter = Chains.filter(PROVIDER, "ext2file=/disks/sparse");
    byte[] model = Images.sparse();
    BlockDevice one = filter.open(OpenRequest.detached("one", false), disk);
    BlockDevice other = filter.open(OpenRequest.detached("other", false), disk);
    read(other, 0, model.length);
    fillHoles(one, 0, model);
    assertThatThrownBy(() -> fillHoles(other, 1, model.clone()))
        .hasMessageContaining("another export name, is allocating blocks");
    one.close();
    fillHoles(other, 1, model);
    assertThat(read(other, 0, model.length)).isEqualTo(model);
    other.close();
    Images.requireConsistent(disk.bytes);
    assertThat(contents(disk, "/disks/sparse")).isEqualTo(model);
  }

  private static Void fillHoles(BlockDevice device, int odd, byte[] model) throws IOException {
    Random random = new Random(odd);
    for (int i = 0; i < 60; i++) {
      int offset = (2 * random.nextInt(140) + odd) * 1024;
      byte[] data = new byte[1024];
      random.nextBytes(data);
      Chains.write(device, offset, data, Flags.NONE);
      System.arraycopy(data, 0, model, offset, data.length);
    }
    return null;
  }
}
