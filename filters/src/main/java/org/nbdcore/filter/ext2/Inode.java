package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A file, directory or link. The caller of each method holds the monitor of the metadata. */
final class Inode {

  static final int OLD_SIZE = 128;
  static final int ROOT = 2;
  static final int MAP = 0x28;
  static final int MAP_LENGTH = 60;
  private static final int TYPE = 0xf000;
  private static final int DIRECTORY = 0x4000;
  private static final int FILE = 0x8000;
  private static final int LINK = 0xa000;
  private static final int COMPRESSED = 0x4;
  private static final int ENCRYPTED = 0x800;
  private static final int HUGE = 0x40000;
  private static final int EXTENTS = 0x80000;
  private static final int VERITY = 0x100000;
  private static final int INLINE = 0x10000000;
  private static final int BLOCKS_LOW = 0x1c;
  private static final int BLOCKS_HIGH = 0x74;
  private static final int CHECKSUM_LOW = 0x7c;
  private static final int CHECKSUM_HIGH = 0x82;
  private static final long INT = 0xffff_ffffL;
  private static final int SHORT = 0xffff;

  private final FileSystem fileSystem;
  private final long number;
  private final long block;
  private final int offset;
  private final int mode;
  private final int flags;
  private final long size;
  private final int checksumSeed;

  Inode(FileSystem fileSystem, long number) throws IOException {
    this.fileSystem = fileSystem;
    this.number = number;
    Superblock superblock = fileSystem.superblock();
    if (number < 1 || number > superblock.inodes) {
      throw FileSystem.damaged("there is no inode " + number + " of " + superblock.inodes);
    }
    long group = (number - 1) / superblock.inodesPerGroup;
    long at = (number - 1) % superblock.inodesPerGroup * superblock.inodeSize;
    long table = Groups.inodeTable(fileSystem.groups().descriptor(group));
    block = table + at / superblock.blockSize;
    offset = (int) (at % superblock.blockSize);
    ByteBuffer bytes = bytes();
    mode = bytes.getShort(0) & SHORT;
    flags = bytes.getInt(0x20);
    size = bytes.getInt(4) & INT | (isFile() ? (long) bytes.getInt(0x6c) << Integer.SIZE : 0);
    checksumSeed =
        Checksums.crc32c(
            Checksums.crc32c(superblock.checksumSeed, (int) number), bytes.getInt(0x64));
    check(bytes);
  }

  private void check(ByteBuffer bytes) throws IOException {
    if (fileSystem.superblock().hasChecksums()) {
      int checksum = checksum(bytes);
      boolean good = bytes.getShort(CHECKSUM_LOW) == (short) checksum;
      if (hasHighChecksum(bytes)) {
        good &= bytes.getShort(CHECKSUM_HIGH) == (short) (checksum >>> Short.SIZE);
      }
      if (!good) {
        throw FileSystem.damaged("inode " + number + " has a wrong checksum");
      }
    }
    if (size < 0) {
      throw FileSystem.damaged("inode " + number + " has an impossible size");
    }
    if ((flags & (COMPRESSED | ENCRYPTED)) != 0) {
      throw Superblock.refused(
          "inode "
              + number
              + " is "
              + ((flags & ENCRYPTED) != 0 ? "encrypted" : "compressed")
              + ", which this filter cannot read");
    }
  }

  /** Little-endian; to change it, change this buffer and call {@link #write}. */
  ByteBuffer bytes() throws IOException {
    return fileSystem
        .block(block, "an inode")
        .slice(offset, fileSystem.superblock().inodeSize)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes the inode, which has changed. */
  void write(ByteBuffer bytes) throws IOException {
    if (fileSystem.superblock().hasChecksums()) {
      int checksum = checksum(bytes);
      bytes.putShort(CHECKSUM_LOW, (short) checksum);
      if (hasHighChecksum(bytes)) {
        bytes.putShort(CHECKSUM_HIGH, (short) (checksum >>> Short.SIZE));
      }
    }
    fileSystem.write(block, fileSystem.block(block, "an inode"));
  }

  private static boolean hasHighChecksum(ByteBuffer bytes) {
    return bytes.capacity() > OLD_SIZE && (bytes.getShort(OLD_SIZE) & SHORT) >= 4;
  }

  private int checksum(ByteBuffer bytes) {
    ByteBuffer copy = ByteBuffer.allocate(bytes.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    copy.put(bytes.duplicate().clear());
    copy.putShort(CHECKSUM_LOW, (short) 0);
    if (hasHighChecksum(bytes)) {
      copy.putShort(CHECKSUM_HIGH, (short) 0);
    }
    return Checksums.crc32c(checksumSeed, copy, 0, copy.capacity());
  }

  /** Adds to the number of blocks that the inode uses, in a buffer of {@link #bytes}. */
  void addBlocks(ByteBuffer bytes, long count) {
    long unit = (flags & HUGE) != 0 ? 1 : fileSystem.blockSize() / 512;
    long blocks =
        (bytes.getInt(BLOCKS_LOW) & INT)
            + ((bytes.getShort(BLOCKS_HIGH) & (long) SHORT) << Integer.SIZE)
            + count * unit;
    bytes.putInt(BLOCKS_LOW, (int) blocks);
    bytes.putShort(BLOCKS_HIGH, (short) (blocks >>> Integer.SIZE));
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  long number() {
    return number;
  }

  /** The first block of the group that contains the inode. */
  long groupStart() {
    long group = (number - 1) / fileSystem.superblock().inodesPerGroup;
    return fileSystem.groups().start(group);
  }

  long size() {
    return size;
  }

  int checksumSeed() {
    return checksumSeed;
  }

  boolean isFile() {
    return (mode & TYPE) == FILE;
  }

  boolean isDirectory() {
    return (mode & TYPE) == DIRECTORY;
  }

  boolean isLink() {
    return (mode & TYPE) == LINK;
  }

  boolean isInline() {
    return (flags & INLINE) != 0;
  }

  boolean isWritable() {
    return (flags & VERITY) == 0;
  }

  /** The map of the blocks of the file, unless its contents are inline. */
  BlockMap map() {
    return (flags & EXTENTS) != 0 ? new ExtentTree(this) : new IndirectBlocks(this);
  }
}
