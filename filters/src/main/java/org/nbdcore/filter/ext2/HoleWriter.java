package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;

/**
 * Writes to holes and to unwritten blocks. It writes the data before the file refers to it, so that
 * previous contents of the blocks never appear in the file.
 */
final class HoleWriter {

  private final FileSystem fileSystem;
  private final Metadata metadata;
  private final Inode inode;
  private final BlockMap map;
  private final BlockDevice next;
  private final int blockSize;

  HoleWriter(FileSystem fileSystem, Inode inode, BlockMap map, BlockDevice next) {
    this.fileSystem = fileSystem;
    this.inode = inode;
    this.map = map;
    this.next = next;
    metadata = fileSystem.metadata();
    blockSize = fileSystem.blockSize();
  }

  /**
   * Writes a part of {@code src}, at least to the end of the first block. Returns the number of
   * bytes.
   */
  int write(ByteBuffer src, long offset, Flags flags) throws IOException {
    synchronized (metadata) {
      metadata.flags = flags;
      long block = offset / blockSize;
      long blocks = (offset + src.remaining() - 1) / blockSize - block + 1;
      // Another thread may have written the blocks meanwhile.
      Run run = find(block, blocks);
      if (!run.isData() && !metadata.marked) {
        fileSystem.superblock().requireAllocatable();
        fileSystem.begin();
        run = find(block, blocks);
      }
      if (run.isData()) {
        return write(src, offset, flags, run.physical(), run.length());
      }
      long start = run.physical();
      int count = (int) run.length();
      if (run.isHole()) {
        BlockAllocator.Blocks allocated = new BlockAllocator(inode).allocate(goal(block), count);
        start = allocated.start();
        count = allocated.count();
      }
      clearEdges(start, count, offset, offset + src.remaining());
      int written = write(src, offset, flags, start, count);
      try {
        map.set(block, count, start);
      } catch (BlockAllocator.NoFreeBlocksException e) {
        if (run.isHole()) {
          freeUnused(block, start, count);
        }
        throw e;
      }
      return written;
    }
  }

  /** Frees the new blocks, from the first one that the file does not refer to. */
  private void freeUnused(long block, long start, int count) throws IOException {
    Run now = map.find(block, count);
    int used = now.isHole() ? 0 : (int) now.length();
    if (used < count) {
      new BlockAllocator(inode).free(new BlockAllocator.Blocks(start + used, count - used));
    }
  }

  private Run find(long block, long blocks) throws IOException {
    return map.find(block, Math.min(blocks, ExtentNode.MAX_UNWRITTEN));
  }

  /** The disk block after the previous block of the file, or the start of the inode's group. */
  private long goal(long block) throws IOException {
    Run before = block == 0 ? Run.hole(0, 1) : map.find(block - 1, 1);
    boolean known = !before.isHole() && before.physical() + 1 < fileSystem.superblock().blocks;
    return known ? before.physical() + 1 : inode.groupStart();
  }

  /** Zeroes the parts of the first and last block that the write does not cover. */
  private void clearEdges(long start, int count, long from, long to) throws IOException {
    boolean head = from % blockSize != 0;
    long end = (from / blockSize + count) * blockSize;
    if (head) {
      fileSystem.writeZeroes(start);
    }
    if (to < end && !(head && count == 1)) {
      fileSystem.writeZeroes(start + count - 1);
    }
  }

  private int write(ByteBuffer src, long offset, Flags flags, long physical, long count)
      throws IOException {
    long skip = offset % blockSize;
    int length = (int) Math.min(src.remaining(), count * blockSize - skip);
    next.write(src.limit(src.position() + length), physical * blockSize + skip, flags);
    return length;
  }
}
