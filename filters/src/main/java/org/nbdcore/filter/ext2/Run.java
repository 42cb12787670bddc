package org.nbdcore.filter.ext2;

/**
 * Successive blocks of a file that are contiguous on the disk.
 *
 * @param logical the first block in the file
 * @param length in blocks
 * @param physical the first block on the disk, or 0 for a hole
 * @param unwritten whether the blocks are allocated, but read as zeroes
 */
record Run(long logical, long length, long physical, boolean unwritten) {

  static Run hole(long logical, long end) {
    return new Run(logical, end - logical, 0, false);
  }

  /** True if the blocks on the disk contain data of the file. */
  boolean isData() {
    return physical != 0 && !unwritten;
  }

  boolean isHole() {
    return physical == 0;
  }

  boolean contains(long block) {
    return block >= logical && block < logical + length;
  }
}
