package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The descriptors of the block groups. */
final class Groups {

  static final int OLD_SIZE = 32;
  static final int BLOCK_UNINITIALIZED = 2;
  private static final int FLAGS = 0x12;
  private static final int CHECKSUM = 0x1e;
  private static final long INT = 0xffff_ffffL;
  private static final int SHORT = 0xffff;

  private final FileSystem fileSystem;

  Groups(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  private Superblock superblock() {
    return fileSystem.superblock();
  }

  private int perBlock() {
    return fileSystem.blockSize() / superblock().descriptorSize;
  }

  /** The block with the descriptor of a group. */
  private long blockOf(long group) {
    Superblock superblock = superblock();
    long index = group / perBlock();
    if (!superblock.hasMetaGroups() || index < superblock.firstMetaGroup) {
      return Superblock.OFFSET / fileSystem.blockSize() + 1 + index;
    }
    long first = index * perBlock();
    return start(first) + (superblock.hasCopy(first) ? 1 : 0);
  }

  /** The first block of a group. */
  long start(long group) {
    return superblock().firstBlock + group * superblock().blocksPerGroup;
  }

  /** The number of blocks in a group. The last group may be smaller. */
  int length(long group) {
    return (int) Math.min(superblock().blocksPerGroup, superblock().blocks - start(group));
  }

  /** The group of a block. */
  long of(long block) {
    return (block - superblock().firstBlock) / superblock().blocksPerGroup;
  }

  /**
   * The descriptor of a group.
   *
   * @return little-endian; to change it, change this buffer and call {@link #write}
   */
  ByteBuffer descriptor(long group) throws IOException {
    int size = superblock().descriptorSize;
    ByteBuffer descriptor =
        fileSystem
            .block(blockOf(group), "a group descriptor")
            .slice((int) (group % perBlock()) * size, size)
            .order(ByteOrder.LITTLE_ENDIAN);
    if ((descriptor.getShort(CHECKSUM) & SHORT) != checksum(group, descriptor)) {
      throw FileSystem.damaged("the descriptor of group " + group + " has a wrong checksum");
    }
    return descriptor;
  }

  /** Writes a descriptor that has changed. */
  void write(long group, ByteBuffer descriptor) throws IOException {
    descriptor.putShort(CHECKSUM, (short) checksum(group, descriptor));
    long number = blockOf(group);
    fileSystem.write(number, fileSystem.block(number, "a group descriptor"));
  }

  private int checksum(long group, ByteBuffer descriptor) {
    Superblock superblock = superblock();
    int after = CHECKSUM + 2;
    int rest = descriptor.capacity() - after;
    if (superblock.hasChecksums()) {
      int crc = Checksums.crc32c(superblock.checksumSeed, (int) group);
      crc = Checksums.crc32c(crc, descriptor, 0, CHECKSUM);
      crc = Checksums.crc32c(crc, ByteBuffer.allocate(2), 0, 2);
      return Checksums.crc32c(crc, descriptor, after, rest) & SHORT;
    }
    if (superblock.hasDescriptorChecksums()) {
      int crc = Checksums.crc16(superblock.uuidChecksum, (int) group);
      crc = Checksums.crc16(crc, descriptor, 0, CHECKSUM);
      return Checksums.crc16(crc, descriptor, after, rest);
    }
    return descriptor.getShort(CHECKSUM) & SHORT;
  }

  private static long address(ByteBuffer descriptor, int low, int high) {
    long address = descriptor.getInt(low) & INT;
    return descriptor.capacity() > OLD_SIZE
        ? address | (long) descriptor.getInt(high) << Integer.SIZE
        : address;
  }

  static long blockBitmap(ByteBuffer descriptor) {
    return address(descriptor, 0, 0x20);
  }

  static long inodeBitmap(ByteBuffer descriptor) {
    return address(descriptor, 4, 0x24);
  }

  static long inodeTable(ByteBuffer descriptor) {
    return address(descriptor, 8, 0x28);
  }

  /** True if the block bitmap was never written. */
  boolean isUninitialized(ByteBuffer descriptor) {
    return (superblock().hasChecksums() || superblock().hasDescriptorChecksums())
        && (descriptor.getShort(FLAGS) & BLOCK_UNINITIALIZED) != 0;
  }

  static void setInitialized(ByteBuffer descriptor) {
    descriptor.putShort(FLAGS, (short) (descriptor.getShort(FLAGS) & ~BLOCK_UNINITIALIZED));
  }

  static int freeBlocks(ByteBuffer descriptor) {
    int free = descriptor.getShort(0xc) & SHORT;
    return descriptor.capacity() > OLD_SIZE
        ? free | (descriptor.getShort(0x2c) & SHORT) << Short.SIZE
        : free;
  }

  static void setFreeBlocks(ByteBuffer descriptor, int free) {
    descriptor.putShort(0xc, (short) free);
    if (descriptor.capacity() > OLD_SIZE) {
      descriptor.putShort(0x2c, (short) (free >>> Short.SIZE));
    }
  }

  private int bitmapChecksum(ByteBuffer bitmap) {
    int length = (int) (superblock().blocksPerGroup / Byte.SIZE);
    return Checksums.crc32c(superblock().checksumSeed, bitmap, 0, length);
  }

  /** Requires that a bitmap of blocks has the checksum of its descriptor. */
  void checkBitmap(long group, ByteBuffer descriptor, ByteBuffer bitmap) throws IOException {
    if (!superblock().hasChecksums()) {
      return;
    }
    int checksum = bitmapChecksum(bitmap);
    boolean good = descriptor.getShort(0x18) == (short) checksum;
    if (descriptor.capacity() > OLD_SIZE) {
      good &= descriptor.getShort(0x38) == (short) (checksum >>> Short.SIZE);
    }
    if (!good) {
      throw FileSystem.damaged("the block bitmap of group " + group + " has a wrong checksum");
    }
  }

  void updateBitmapChecksum(ByteBuffer descriptor, ByteBuffer bitmap) {
    if (superblock().hasChecksums()) {
      int checksum = bitmapChecksum(bitmap);
      descriptor.putShort(0x18, (short) checksum);
      if (descriptor.capacity() > OLD_SIZE) {
        descriptor.putShort(0x38, (short) (checksum >>> Short.SIZE));
      }
    }
  }
}
