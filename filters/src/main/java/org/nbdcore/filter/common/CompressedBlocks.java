package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * The positions of the blocks of a packed file, which can be unpacked separately. Safe for use by
 * many threads.
 */
public abstract class CompressedBlocks {

  /** As long as an array can be. */
  private static final long LONGEST = Integer.MAX_VALUE - 8;

  /** How much may fill a file, as where it was copied to a larger disk. */
  private static final long MOST_ZEROES = 64 << 20;

  private static final int PIECE = 1 << 16;

  private final long[] starts; // of each block in what is unpacked, and the end of the last one

  /**
   * Takes the blocks as they were found.
   *
   * @param starts where each block begins in what is unpacked, ascending, and last where that ends;
   *     no block is empty
   */
  protected CompressedBlocks(long[] starts) {
    this.starts = starts;
  }

  /** How many bytes there are unpacked. */
  public final long size() {
    return starts[starts.length - 1];
  }

  /** The number of the block that holds a byte, which must be less than {@link #size}. */
  public final int blockOf(long offset) {
    int found = Arrays.binarySearch(starts, offset);
    return found >= 0 ? found : -found - 2;
  }

  /** Start of a block in the unpacked data, in bytes. */
  public final long start(int block) {
    return starts[block];
  }

  /** How many bytes a block has unpacked. */
  public final int length(int block) {
    return (int) (starts[block + 1] - starts[block]);
  }

  /**
   * Refuses a file with a block that is longer than a parameter allows.
   *
   * @param file what kind of file this is, such as {@code xz file}
   * @param key of the parameter
   * @param limit its value, in bytes
   * @param how to pack the file with smaller blocks
   */
  protected final void checkBlocks(String file, String key, long limit, String how)
      throws NbdException {
    long longest = 0;
    for (int i = 1; i < starts.length; i++) {
      longest = Math.max(longest, starts[i] - starts[i - 1]);
    }
    String found = "the " + file + " has a block of " + longest + " bytes, ";
    String advice = "pack it with smaller blocks (" + how + ")";
    if (longest > limit) {
      throw new NbdException(
          NbdError.EINVAL,
          found + "more than " + key + " allows (" + limit + "): " + advice + ", or raise " + key);
    }
    if (longest > LONGEST) {
      throw new NbdException(
          NbdError.EINVAL,
          found + "and only blocks of up to " + LONGEST + " can be held in memory: " + advice);
    }
  }

  /**
   * Offset just past the last non-zero byte before {@code end}.
   *
   * @throws NbdException if there is none, or too far away
   */
  protected static long endOfData(BlockDevice file, long end) throws IOException {
    UnalignedReader range = new UnalignedReader(file);
    for (long at = end; at > 0 && end - at <= MOST_ZEROES; ) {
      int length = (int) Math.min(PIECE, at);
      ByteBuffer piece = range.read(at - length, length);
      for (int i = length - 1; i >= 0; i--) {
        if (piece.get(i) != 0) {
          return at - length + i + 1;
        }
      }
      at -= length;
    }
    throw new NbdException(
        NbdError.EIO, "the packed file is damaged: there are only zeroes before " + end);
  }

  /**
   * Unpacks a block.
   *
   * @param from the packed file, read by the calling thread only
   * @return an array of the block's {@link #length}, whose owner the caller becomes
   * @throws NbdException with EIO if the file is damaged
   */
  protected abstract byte[] unpack(BlockDevice from, int block) throws IOException;
}
