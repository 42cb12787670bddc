package org.nbdcore.filter.ext2;

import java.io.IOException;

/**
 * Maps the blocks of a file to blocks of the disk. The caller must hold the monitor of the
 * metadata.
 */
interface BlockMap {

  /** The most blocks that a file can have. */
  long MOST = 1L << 32;

  /**
   * The blocks from {@code logical} on that are in one place.
   *
   * @param limit the most blocks of the result, at least 1
   */
  Run find(long logical, long limit) throws IOException;

  /**
   * Makes blocks the contents of the file that are new, or that {@link #find} calls unwritten.
   *
   * @param logical the first block in the file; all {@code count} were in one result of {@link
   *     #find}
   * @param physical the first block on the disk
   */
  void set(long logical, int count, long physical) throws IOException;
}
