package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;

/** VixDiskLibBlockList: the allocated blocks of a range, offset and length of each in sectors. */
final class BlockList {

  static final int NUM_BLOCKS = 0;
  static final int BLOCKS = 8;
  static final int BLOCK_SIZE = 16;

  private final long[] values;

  private BlockList(long[] values) {
    this.values = values;
  }

  /** Copies VDDK's structure. */
  static BlockList read(Pointer list) {
    int count = list.getInt(NUM_BLOCKS);
    return new BlockList(list.getLongArray(BLOCKS, count * (BLOCK_SIZE / Long.BYTES)));
  }

  int size() {
    return values.length / 2;
  }

  /** The first sector of a block. */
  long offset(int index) {
    return values[2 * index];
  }

  /** The sectors of a block. */
  long length(int index) {
    return values[2 * index + 1];
  }
}
