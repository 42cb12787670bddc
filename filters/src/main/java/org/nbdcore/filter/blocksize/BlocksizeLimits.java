package org.nbdcore.filter.blocksize;

import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.Alignment;

/**
 * The limits of requests to the layer below.
 *
 * @param minBlock a power of two; all offsets and lengths are multiples of it
 * @param maxData the longest read or write, a multiple of {@code minBlock}
 * @param maxLen the longest other request, a multiple of {@code minBlock}
 */
record BlocksizeLimits(int minBlock, int maxData, long maxLen) {

  private static final long DEFAULT_MAX_DATA = 64 << 20;
  private static final long DEFAULT_MAX_LEN = 0xffff_ffffL;

  /** Combines the parameters (0 if not given) with the block sizes of the layer below. */
  static BlocksizeLimits of(long minBlock, long maxData, long maxLen, BlockSizes below)
      throws NbdException {
    int block = (int) Math.max(minBlock, below.minimum());
    long data = Math.min(maxData == 0 ? DEFAULT_MAX_DATA : maxData, below.maximum());
    data = Math.min(data, Alignment.roundDown(Integer.MAX_VALUE, block));
    long length = maxLen == 0 ? DEFAULT_MAX_LEN : maxLen;
    check("maxdata", data, block);
    check("maxlen", length, block);
    return new BlocksizeLimits(
        block, (int) Alignment.roundDown(data, block), Alignment.roundDown(length, block));
  }

  private static void check(String key, long value, int block) throws NbdException {
    if (value < block) {
      throw new NbdException(
          NbdError.EINVAL,
          key
              + " must be at least the minimum block size of the layer below ("
              + block
              + "), not "
              + value);
    }
  }

  boolean aligned(long offset, long length) {
    return Alignment.isAligned(offset | length, minBlock);
  }

  long down(long offset) {
    return Alignment.roundDown(offset, minBlock);
  }

  long up(long offset) {
    return Alignment.roundUp(offset, minBlock);
  }
}
