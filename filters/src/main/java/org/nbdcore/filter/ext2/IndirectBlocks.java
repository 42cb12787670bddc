package org.nbdcore.filter.ext2;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The indirect blocks of ext2 and ext3, which map the blocks of a file. */
final class IndirectBlocks implements BlockMap {

  private static final int DIRECT = 12;
  private static final int LEVELS = 3;
  private static final long INT = 0xffff_ffffL;

  /**
   * The path to a block: one index for each list.
   *
   * @param levels number of lists between the inode and the block
   * @param relative number of the block in the part of the file that the lists describe
   */
  private record ListPath(int levels, long relative) {}

  private final Inode inode;
  private final FileSystem fileSystem;
  private final int perBlock;

  IndirectBlocks(Inode inode) {
    this.inode = inode;
    fileSystem = inode.fileSystem();
    perBlock = fileSystem.blockSize() / Integer.BYTES;
  }

  private ListPath path(long logical) throws IOException {
    if (logical < DIRECT) {
      return new ListPath(0, logical);
    }
    long relative = logical - DIRECT;
    long span = perBlock;
    for (int levels = 1; levels <= LEVELS; levels++) {
      if (relative < span) {
        return new ListPath(levels, relative);
      }
      relative -= span;
      span *= perBlock;
    }
    throw FileSystem.damaged("inode " + inode.number() + " is larger than its format allows");
  }

  /**
   * The number of blocks of the file that an entry with this many levels of lists below it covers.
   */
  private long span(int below) {
    long span = 1;
    for (int i = 0; i < below; i++) {
      span *= perBlock;
    }
    return span;
  }

  private ByteBuffer root() throws IOException {
    return inode.bytes().slice(Inode.MAP, Inode.MAP_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer list(long number) throws IOException {
    return fileSystem.block(number, "an indirect block");
  }

  private static long entry(ByteBuffer list, int index) {
    return list.getInt(index * Integer.BYTES) & INT;
  }

  @Override
  public Run find(long logical, long limit) throws IOException {
    ListPath path = path(logical);
    ByteBuffer list = root();
    int index = path.levels() == 0 ? (int) logical : DIRECT + path.levels() - 1;
    int end = path.levels() == 0 ? DIRECT : index + 1;
    for (int below = path.levels(); below > 0; below--) {
      long next = entry(list, index);
      if (next == 0) {
        long span = span(below);
        return Run.hole(logical, logical + Math.min(limit, span - path.relative() % span));
      }
      list = list(next);
      index = (int) (path.relative() / span(below - 1) % perBlock);
      end = perBlock;
    }
    return run(list, index, end, logical, limit);
  }

  private Run run(ByteBuffer list, int index, int end, long logical, long limit)
      throws IOException {
    long first = entry(list, index);
    long most = Math.min(limit, end - index);
    int count = 1;
    while (count < most && entry(list, index + count) == (first == 0 ? 0 : first + count)) {
      count++;
    }
    if (first != 0 && !fileSystem.contains(first, count)) {
      throw FileSystem.damaged("inode " + inode.number() + " has blocks beyond the end");
    }
    return new Run(logical, count, first, false);
  }

  @Override
  public void set(long logical, int count, long physical) throws IOException {
    for (int done = 0; done < count; ) {
      done += setInOneList(logical + done, count - done, physical + done);
    }
  }

  private int setInOneList(long logical, int count, long physical) throws IOException {
    ListPath path = path(logical);
    if (path.levels() == 0) {
      int here = Math.min(count, DIRECT - (int) logical);
      fill(root(), (int) logical, here, physical);
      inode.write(inode.bytes());
      return here;
    }
    long number = 0;
    int index = DIRECT + path.levels() - 1;
    for (int below = path.levels(); below > 0; below--) {
      ByteBuffer list = number == 0 ? root() : list(number);
      long next = entry(list, index);
      if (next == 0) {
        next = create(number, index, physical);
      }
      number = next;
      index = (int) (path.relative() / span(below - 1) % perBlock);
    }
    int here = Math.min(count, perBlock - index);
    ByteBuffer list = list(number);
    fill(list, index, here, physical);
    fileSystem.write(number, list);
    return here;
  }

  private static void fill(ByteBuffer list, int index, int count, long physical) {
    for (int i = 0; i < count; i++) {
      list.putInt((index + i) * Integer.BYTES, (int) (physical + i));
    }
  }

  /**
   * Creates an empty list, and then its entry in the parent list.
   *
   * @param above number of the parent list, or 0 for the inode
   */
  private long create(long above, int index, long goal) throws IOException {
    long block = new BlockAllocator(inode).allocate(goal, 1).start();
    fileSystem.write(block, fileSystem.emptyBlock());
    ByteBuffer list = above == 0 ? root() : list(above);
    fill(list, index, 1, block);
    if (above == 0) {
      inode.write(inode.bytes());
    } else {
      fileSystem.write(above, list);
    }
    return block;
  }
}
