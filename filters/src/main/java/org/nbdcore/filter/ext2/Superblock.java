package org.nbdcore.filter.ext2;

import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.Alignment;

/** The description of a file system, 1024 bytes from its start. Immutable. */
final class Superblock {

  static final int OFFSET = 1024;
  static final int LENGTH = 1024;
  static final int STATE = 0x3a;
  static final int CLEAN = 1;
  static final int FREE_LOW = 0xc;
  static final int FREE_HIGH = 0x158;
  private static final int MAGIC = 0xef53;
  private static final int CHECKSUM = 0x3fc;
  private static final int UUID = 0x68;
  private static final int SHORT = 0xffff;
  private static final long INT = 0xffff_ffffL;

  final int blockSize;
  final long blocks;
  final long firstBlock;
  final long blocksPerGroup;
  final long groups;
  final long inodes;
  final int inodesPerGroup;
  final int inodeSize;
  final int descriptorSize;
  final long firstMetaGroup;
  final int reservedDescriptorBlocks;
  final long mmpBlock;
  final int checksumSeed;
  final int uuidChecksum;
  private final int compatible;
  private final int incompatible;
  private final int readOnly;
  private final int state;
  private final int[] backups;

  /**
   * Parses a superblock.
   *
   * @param bytes little-endian, 1024
   * @param size of the disk, in bytes
   */
  Superblock(ByteBuffer bytes, long size) throws NbdException {
    if ((bytes.getShort(0x38) & SHORT) != MAGIC) {
      throw refused("not an ext2, ext3 or ext4 file system: its superblock has no magic number");
    }
    boolean dynamic = bytes.getInt(0x4c) != 0;
    compatible = dynamic ? bytes.getInt(0x5c) : 0;
    incompatible = dynamic ? bytes.getInt(0x60) : 0;
    readOnly = dynamic ? bytes.getInt(0x64) : 0;
    requireReadable();
    requireChecksum(bytes);
    state = bytes.getShort(STATE);
    int shift = bytes.getInt(0x18);
    require(shift >= 0 && shift <= 6, "log_block_size", shift);
    blockSize = 1024 << shift;
    blocks = bytes.getInt(4) & INT | (has64Bits() ? (long) bytes.getInt(0x150) << 32 : 0);
    require(blocks > 0 && blocks <= size / blockSize, "blocks_count on " + size + " bytes", blocks);
    firstBlock = bytes.getInt(0x14) & INT;
    require(firstBlock < Math.min(blocks, 2), "first_data_block", firstBlock);
    blocksPerGroup = bytes.getInt(0x20) & INT;
    long clusters = hasBigalloc() ? bytes.getInt(0x24) & INT : blocksPerGroup;
    require(blocksPerGroup >= 256 && blocksPerGroup % 8 == 0, "blocks_per_group", blocksPerGroup);
    require(clusters <= 8L * blockSize, "clusters_per_group", clusters);
    groups = (blocks - firstBlock + blocksPerGroup - 1) / blocksPerGroup;
    inodesPerGroup = bytes.getInt(0x28);
    require(
        inodesPerGroup > 0 && inodesPerGroup <= 8 * blockSize, "inodes_per_group", inodesPerGroup);
    inodes = Math.min(bytes.getInt(0) & INT, groups * inodesPerGroup);
    inodeSize = dynamic ? bytes.getShort(0x58) & SHORT : Inode.OLD_SIZE;
    require(isPower(inodeSize, Inode.OLD_SIZE, blockSize), "inode_size", inodeSize);
    descriptorSize = has64Bits() ? bytes.getShort(0xfe) & SHORT : Groups.OLD_SIZE;
    require(isPower(descriptorSize, Groups.OLD_SIZE, 1024), "desc_size", descriptorSize);
    firstMetaGroup = bytes.getInt(0x104) & INT;
    reservedDescriptorBlocks = bytes.getShort(0xce) & SHORT;
    mmpBlock = bytes.getLong(0x168);
    backups = new int[] {bytes.getInt(0x24c), bytes.getInt(0x250)};
    uuidChecksum = Checksums.crc16(Checksums.START, bytes, UUID, 16);
    checksumSeed =
        (incompatible & Features.CSUM_SEED) != 0
            ? bytes.getInt(0x270)
            : Checksums.crc32c(Checksums.START, bytes, UUID, 16);
  }

  private static boolean isPower(int value, int least, int most) {
    return value >= least && value <= most && Alignment.isPowerOfTwo(value);
  }

  private void requireReadable() throws NbdException {
    String unreadable = Features.unreadable(incompatible & ~Features.RECOVER);
    if (!unreadable.isEmpty()) {
      throw refused("the file system has features that this filter cannot read: " + unreadable);
    }
    if ((incompatible & Features.RECOVER) != 0) {
      throw refused(
          "the journal of the file system must be replayed first (needs_recovery): run e2fsck, or"
              + " mount and unmount the file system");
    }
  }

  private void requireChecksum(ByteBuffer bytes) throws NbdException {
    if (hasChecksums() && bytes.getInt(CHECKSUM) != checksum(bytes)) {
      throw FileSystem.damaged("the superblock has a wrong checksum");
    }
  }

  private static void require(boolean good, String field, long value) throws NbdException {
    if (!good) {
      throw FileSystem.damaged("the superblock has an impossible " + field + ": " + value);
    }
  }

  private static int checksum(ByteBuffer bytes) {
    return Checksums.crc32c(Checksums.START, bytes, 0, CHECKSUM);
  }

  /** Sets the checksum of a superblock that has changed, if the file system has checksums. */
  void updateChecksum(ByteBuffer bytes) {
    if (hasChecksums()) {
      bytes.putInt(CHECKSUM, checksum(bytes));
    }
  }

  /** Requires that this filter may write to files. */
  void requireWritable() throws NbdException {
    String unwritable = Features.unwritable(readOnly);
    if (!unwritable.isEmpty()) {
      throw refused(
          "the file system has features that allow reading only: " + unwritable + "; use -r");
    }
  }

  /** Requires that this filter may allocate blocks. */
  void requireAllocatable() throws NbdException {
    String unallocatable = Features.unallocatable(readOnly);
    if (!unallocatable.isEmpty()) {
      throw new NbdException(
          NbdError.ENOTSUP,
          "no blocks can be allocated for holes of the file, because the file system has: "
              + unallocatable);
    }
    if (state != CLEAN) {
      throw new NbdException(
          NbdError.ENOTSUP,
          "no blocks can be allocated for holes of the file, because the file system was not"
              + " unmounted cleanly or has errors: run e2fsck");
    }
  }

  /** Whether a group contains a copy of the superblock and of the descriptors. */
  boolean hasCopy(long group) {
    if (group == 0) {
      return true;
    }
    if ((compatible & Features.SPARSE_SUPER2) != 0) {
      return group == (backups[0] & INT) || group == (backups[1] & INT);
    }
    if ((readOnly & Features.SPARSE_SUPER) == 0 || group == 1) {
      return true;
    }
    return isPowerOf(3, group) || isPowerOf(5, group) || isPowerOf(7, group);
  }

  private static boolean isPowerOf(int base, long value) {
    long rest = value;
    while (rest % base == 0) {
      rest /= base;
    }
    return rest == 1;
  }

  boolean hasChecksums() {
    return (readOnly & Features.METADATA_CSUM) != 0;
  }

  boolean hasDescriptorChecksums() {
    return (readOnly & Features.GDT_CSUM) != 0;
  }

  boolean has64Bits() {
    return (incompatible & Features.BITS_64) != 0;
  }

  boolean hasMetaGroups() {
    return (incompatible & Features.META_BG) != 0;
  }

  boolean hasFileTypes() {
    return (incompatible & Features.FILETYPE) != 0;
  }

  boolean hasBigalloc() {
    return (readOnly & Features.BIGALLOC) != 0;
  }

  boolean hasMultiMountProtection() {
    return (incompatible & Features.MMP) != 0;
  }

  static NbdException refused(String message) {
    return new NbdException(NbdError.EINVAL, message);
  }
}
