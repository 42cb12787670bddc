package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * Allocates blocks for a file. It marks them as used before the file refers to them, so a crash can
 * only leak blocks.
 */
final class BlockAllocator {

  private static final long MAX_OF_32_BITS = 1L << 32;

  /** Successive blocks. */
  record Blocks(long start, int count) {}

  /**
   * Thrown if all blocks are in use. A caller that needs several blocks must free those that it has
   * already allocated.
   */
  static final class NoFreeBlocksException extends NbdException {

    private static final long serialVersionUID = 1;

    private NoFreeBlocksException() {
      super(NbdError.ENOSPC, "the file system has no free blocks");
    }
  }

  private final Inode inode;
  private final FileSystem fileSystem;
  private final Groups groups;

  BlockAllocator(Inode inode) {
    this.inode = inode;
    fileSystem = inode.fileSystem();
    groups = fileSystem.groups();
  }

  /**
   * Allocates between one and {@code most} successive blocks.
   *
   * @param goal block near which they should be
   */
  Blocks allocate(long goal, int most) throws IOException {
    Superblock superblock = fileSystem.superblock();
    superblock.requireAllocatable();
    long first = groups.of(goal);
    for (long i = 0; i <= superblock.groups; i++) {
      long group = (first + i) % superblock.groups;
      int from = i == 0 ? (int) (goal - groups.start(group)) : 0;
      Blocks found = allocateIn(group, from, most);
      if (found != null) {
        return found;
      }
    }
    throw new NoFreeBlocksException();
  }

  private Blocks allocateIn(long group, int from, int most) throws IOException {
    ByteBuffer descriptor = groups.descriptor(group);
    int free = Groups.freeBlocks(descriptor);
    if (free == 0) {
      return null;
    }
    ByteBuffer bitmap = bitmap(group, descriptor);
    int end = groups.length(group);
    int start = from;
    while (start < end && isUsed(bitmap, start)) {
      start++;
    }
    if (start == end || bitmap == null) {
      return null;
    }
    int count = 1;
    int limit = Math.min(Math.min(most, free), end - start);
    while (count < limit && !isUsed(bitmap, start + count)) {
      count++;
    }
    Blocks blocks = new Blocks(groups.start(group) + start, count);
    if (blocks.start() + count > MAX_OF_32_BITS && inode.map() instanceof IndirectBlocks) {
      return null;
    }
    for (int i = start; i < start + count; i++) {
      bitmap.put(i / 8, (byte) (bitmap.get(i / 8) | 1 << i % 8));
    }
    commit(group, bitmap, free - count);
    account(count);
    return blocks;
  }

  /** Frees the blocks of one allocation, or its last blocks. Nothing may refer to them. */
  void free(Blocks blocks) throws IOException {
    long group = groups.of(blocks.start());
    ByteBuffer descriptor = groups.descriptor(group);
    ByteBuffer bitmap = bitmap(group, descriptor);
    int start = (int) (blocks.start() - groups.start(group));
    for (int i = start; i < start + blocks.count(); i++) {
      bitmap.put(i / 8, (byte) (bitmap.get(i / 8) & ~(1 << i % 8)));
    }
    for (int i = 0; i < blocks.count(); i++) {
      fileSystem.metadata().remove(blocks.start() + i);
    }
    commit(group, bitmap, Groups.freeBlocks(descriptor) + blocks.count());
    account(-blocks.count());
  }

  private static boolean isUsed(ByteBuffer bitmap, int index) {
    return bitmap == null || (bitmap.get(index / 8) & 1 << index % 8) != 0;
  }

  private void commit(long group, ByteBuffer bitmap, int free) throws IOException {
    long number = Groups.blockBitmap(groups.descriptor(group));
    fileSystem.write(number, bitmap);
    ByteBuffer descriptor = groups.descriptor(group);
    Groups.setInitialized(descriptor);
    Groups.setFreeBlocks(descriptor, free);
    groups.updateBitmapChecksum(descriptor, bitmap);
    groups.write(group, descriptor);
  }

  private void account(int count) throws IOException {
    fileSystem.updateSuperblock(
        bytes -> {
          long free = bytes.getInt(Superblock.FREE_LOW) & 0xffff_ffffL;
          boolean wide = fileSystem.superblock().has64Bits();
          free |= wide ? (long) bytes.getInt(Superblock.FREE_HIGH) << Integer.SIZE : 0;
          bytes.putInt(Superblock.FREE_LOW, (int) (free - count));
          if (wide) {
            bytes.putInt(Superblock.FREE_HIGH, (int) (free - count >>> Integer.SIZE));
          }
        });
    ByteBuffer bytes = inode.bytes();
    inode.addBlocks(bytes, count);
    inode.write(bytes);
  }

  /** The bitmap of a group, or null if it was never written and cannot be computed. */
  private ByteBuffer bitmap(long group, ByteBuffer descriptor) throws IOException {
    long number = Groups.blockBitmap(descriptor);
    if (!groups.isUninitialized(descriptor)) {
      ByteBuffer bitmap = fileSystem.block(number, "a block bitmap");
      groups.checkBitmap(group, descriptor, bitmap);
      return bitmap;
    }
    ByteBuffer bitmap = new InitialBitmap(fileSystem, group).bitmap();
    int used = 0;
    for (int i = 0; i < groups.length(group); i++) {
      used += isUsed(bitmap, i) ? 1 : 0;
    }
    return groups.length(group) - used == Groups.freeBlocks(descriptor) ? bitmap : null;
  }
}
