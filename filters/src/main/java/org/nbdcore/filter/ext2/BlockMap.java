package org.nbdcore.filter.ext2;

import java.io.IOException;

/**
 * Maps the blocks of a file to blocks of the disk. The caller must hold the monitor of the
 * metadata.
 */
interface BlockMap {

  /** Maximum number of blocks of a file. */
  long MAX_BLOCKS = 1L << 32;

  /**
   * Returns the longest run of blocks from {@code logical} on that are contiguous on the disk.
   *
   * @param limit maximum number of blocks in the result, at least 1
   */
  Run find(long logical, long limit) throws IOException;

  /**
   * Maps blocks of the file to blocks of the disk. The blocks of the file must be a hole, or
   * unwritten.
   *
   * @param logical the first block in the file; all {@code count} were in one result of {@link
   *     #find}
   * @param physical the first block on the disk
   */
  void set(long logical, int count, long physical) throws IOException;
}
