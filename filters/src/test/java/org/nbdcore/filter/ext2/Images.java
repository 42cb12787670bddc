package org.nbdcore.filter.ext2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;

/**
 * File systems with blocks of 1 KiB that mke2fs 1.47 has made, checked with e2fsck.
 *
 * <ul>
 *   <li>{@code ext2}: {@code -t ext2 -r 0}
 *   <li>{@code ext4}: {@code -t ext4 -O inline_data,^has_journal -g 512}; debugfs has allocated
 *       blocks 60 to 200 of the sparse file without writing them
 *   <li>{@code ext4-old}: {@code -t ext4 -O ^metadata_csum,uninit_bg,^64bit,^has_journal -g 512}
 * </ul>
 *
 * <p>Each contains the files {@code /disks/full}, {@code sparse} and {@code small}, 60 empty files
 * in {@code /disks/sub}, and the symbolic links {@code /link} and {@code /long} to the sparse file,
 * and {@code /loop} to itself.
 */
final class Images {

  static final int FULL = 128 << 10;
  static final int SPARSE = 300_001;
  static final int SMALL = 100;
  static final int BLOCK = 1024;
  private static final int SUPERBLOCK = 1024;

  private Images() {}

  static byte[] image(String name) throws IOException {
    try (InputStream in = Images.class.getResourceAsStream(name + ".img.gz")) {
      return new GZIPInputStream(in).readAllBytes();
    }
  }

  static ModelDisk disk(String name) throws IOException {
    byte[] image = image(name);
    ModelDisk disk = new ModelDisk(image.length);
    System.arraycopy(image, 0, disk.bytes, 0, image.length);
    return disk;
  }

  static byte[] full() {
    return pattern(new byte[FULL], 1, 0, FULL);
  }

  static byte[] small() {
    return pattern(new byte[SMALL], 3, 0, SMALL);
  }

  static byte[] sparse() {
    byte[] bytes = pattern(new byte[SPARSE], 2, 5000, 3000);
    return pattern(pattern(bytes, 2, 40960, 8192), 2, 150_000, 1);
  }

  private static byte[] pattern(byte[] bytes, int seed, int offset, int length) {
    for (int i = 0; i < length; i++) {
      bytes[offset + i] = ModelDisk.at(seed, i);
    }
    return bytes;
  }

  static ByteBuffer superblock(byte[] image) {
    return ByteBuffer.wrap(image, SUPERBLOCK, 1024).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Requires that the numbers of free blocks and the bitmaps agree. */
  static void requireConsistent(byte[] image) {
    ByteBuffer superblock = superblock(image);
    assertThat(superblock.getShort(0x3a)).as("state").isEqualTo((short) 1);
    boolean wide = (superblock.getInt(0x60) & 0x80) != 0;
    boolean uninitialized = (superblock.getInt(0x64) & 0x410) != 0;
    int perGroup = superblock.getInt(0x20);
    int blocks = superblock.getInt(4);
    long free = 0;
    for (int group = 0; group * perGroup < blocks - 1; group++) {
      int at = 2 * BLOCK + group * (wide ? 64 : 32);
      ByteBuffer descriptor = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
      int inGroup = descriptor.getShort(at + 0xc) & 0xffff;
      free += inGroup;
      if (!uninitialized || (descriptor.getShort(at + 0x12) & 2) == 0) {
        int bitmap = descriptor.getInt(at) * BLOCK;
        int length = Math.min(perGroup, blocks - 1 - group * perGroup);
        int zeroes = 0;
        for (int i = 0; i < length; i++) {
          zeroes += isFree(image, bitmap, i) ? 1 : 0;
        }
        assertThat(inGroup).as("free blocks of group " + group).isEqualTo(zeroes);
      }
    }
    assertThat(superblock.getInt(0xc)).as("free blocks").isEqualTo((int) free);
  }

  private static boolean isFree(byte[] image, int bitmap, int index) {
    return (image[bitmap + index / 8] >> index % 8 & 1) == 0;
  }

  /** Fills the free blocks of the first two groups as if files had been there. */
  static void fillFreeBlocks(byte[] image) {
    ByteBuffer superblock = superblock(image);
    int perGroup = superblock.getInt(0x20);
    int descriptorSize = (superblock.getInt(0x60) & 0x80) != 0 ? 64 : 32;
    ByteBuffer descriptors = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    for (int group = 0; group < 2 && group * perGroup < superblock.getInt(4); group++) {
      int bitmap = descriptors.getInt(2 * BLOCK + group * descriptorSize) * BLOCK;
      for (int i = 0; i < perGroup; i++) {
        int start = (1 + group * perGroup + i) * BLOCK;
        if (start < image.length && isFree(image, bitmap, i)) {
          Arrays.fill(image, start, start + BLOCK, (byte) 0x55);
        }
      }
    }
  }

  /** Opens a file of the disk through the filter. */
  static BlockDevice open(ModelDisk disk, String path) throws IOException {
    return Chains.open(new Ext2FilterProvider(), disk, "ext2file=" + path);
  }

  /** Reads a file of the disk through the filter. */
  static byte[] contents(ModelDisk disk, String path) throws IOException {
    try (BlockDevice device = open(disk, path)) {
      return Chains.read(device, 0, (int) device.size());
    }
  }
}
