package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Computes the bitmap of a group in which no block was ever allocated: it has only metadata. */
final class InitialBitmap {

  private final FileSystem fileSystem;
  private final Superblock superblock;
  private final Groups groups;
  private final long group;
  private final ByteBuffer bitmap;

  InitialBitmap(FileSystem fileSystem, long group) {
    this.fileSystem = fileSystem;
    this.group = group;
    superblock = fileSystem.superblock();
    groups = fileSystem.groups();
    bitmap = fileSystem.emptyBlock();
  }

  ByteBuffer bitmap() throws IOException {
    long start = groups.start(group);
    if (superblock.hasCopy(group)) {
      mark(start, 1);
    }
    mark(start + (superblock.hasCopy(group) ? 1 : 0), descriptorBlocks());
    long tableBlocks =
        ((long) superblock.inodesPerGroup * superblock.inodeSize + superblock.blockSize - 1)
            / superblock.blockSize;
    // With flex_bg, the metadata of other groups may be here.
    for (long other = 0; other < superblock.groups; other++) {
      ByteBuffer descriptor = groups.descriptor(other);
      mark(Groups.blockBitmap(descriptor), 1);
      mark(Groups.inodeBitmap(descriptor), 1);
      mark(Groups.inodeTable(descriptor), tableBlocks);
    }
    for (int i = groups.length(group); i < bitmap.capacity() * 8; i++) {
      set(i); // bits beyond the end count as used
    }
    return bitmap;
  }

  /**
   * The number of descriptor blocks at the start of the group, including blocks reserved for
   * growth.
   */
  private long descriptorBlocks() {
    int perBlock = fileSystem.blockSize() / superblock.descriptorSize;
    long meta = group / perBlock;
    if (superblock.hasMetaGroups() && meta >= superblock.firstMetaGroup) {
      long position = group % perBlock;
      return position <= 1 || position == perBlock - 1 ? 1 : 0;
    }
    if (!superblock.hasCopy(group)) {
      return 0;
    }
    long all = (superblock.groups + perBlock - 1) / perBlock;
    long own = superblock.hasMetaGroups() ? Math.min(all, superblock.firstMetaGroup) : all;
    return own + superblock.reservedDescriptorBlocks;
  }

  private void mark(long block, long count) {
    long start = groups.start(group);
    long from = Math.max(block, start);
    long to = Math.min(block + count, start + groups.length(group));
    for (long i = from; i < to; i++) {
      set((int) (i - start));
    }
  }

  private void set(int index) {
    bitmap.put(index / 8, (byte) (bitmap.get(index / 8) | 1 << index % 8));
  }
}
