package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;
import java.io.IOException;

/** VixDiskLibBlockList: the allocated blocks of a range, offset and length of each in sectors. */
final class BlockList {

  static final int NUM_BLOCKS = 0;
  static final int BLOCKS = 8;
  static final int BLOCK_SIZE = 16;

  private final long[] values;

  private BlockList(long[] values) {
    this.values = values;
  }

  /**
   * Copies VDDK's structure.
   *
   * @throws IOException if it has more blocks than one query can return
   */
  static BlockList read(Pointer list) throws IOException {
    int count = list.getInt(NUM_BLOCKS);
    if (count < 0 || count > AllocatedBlocks.MAX_CHUNKS) {
      throw new IOException(
          "VDDK answered with "
              + Integer.toUnsignedString(count)
              + " allocated blocks, more than the chunks of a query");
    }
    return new BlockList(list.getLongArray(BLOCKS, count * (BLOCK_SIZE / Long.BYTES)));
  }

  int size() {
    return values.length / 2;
  }

  /** The first sector of a block. */
  long offset(int index) {
    return values[2 * index];
  }

  /** The number of sectors of a block. */
  long length(int index) {
    return values[2 * index + 1];
  }
}
