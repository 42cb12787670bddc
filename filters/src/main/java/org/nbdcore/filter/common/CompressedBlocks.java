package org.nbdcore.filter.common;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * The positions of the blocks of a compressed file, which can be decompressed independently. Safe
 * for use by several threads.
 */
public abstract class CompressedBlocks {

  /** Maximum length of an array. */
  private static final long LONGEST = Integer.MAX_VALUE - 8;

  /** Maximum number of zeroes after the contents, for a file that was copied to a larger disk. */
  private static final long MAX_ZEROES = 64 << 20;

  private static final int PIECE = 1 << 16;

  private final long[] starts; // in the decompressed data, and the end of the last block

  /**
   * Creates the list of blocks.
   *
   * @param starts the start of each block in the decompressed data, ascending, and last its end; no
   *     block is empty
   */
  protected CompressedBlocks(long[] starts) {
    this.starts = starts;
  }

  /** The size of the decompressed data in bytes. */
  public final long size() {
    return starts[starts.length - 1];
  }

  /** The number of the block that contains an offset, which must be less than {@link #size}. */
  public final int blockOf(long offset) {
    int found = Arrays.binarySearch(starts, offset);
    return found >= 0 ? found : -found - 2;
  }

  /** Start of a block in the decompressed data, in bytes. */
  public final long start(int block) {
    return starts[block];
  }

  /** The decompressed length of a block, in bytes. */
  public final int length(int block) {
    return (int) (starts[block + 1] - starts[block]);
  }

  /**
   * Refuses a file with a block that is longer than a parameter allows.
   *
   * @param file the kind of file, such as {@code xz file}
   * @param key of the parameter
   * @param limit its value, in bytes
   * @param how the command that compresses a file with smaller blocks, for the message
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
   * @throws NbdException if there is none, or if too many zeroes follow it
   */
  protected static long endOfData(BlockDevice file, long end) throws IOException {
    UnalignedReader range = new UnalignedReader(file);
    for (long at = end; at > 0 && end - at <= MAX_ZEROES; ) {
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
   * Decompresses a block.
   *
   * @param from the compressed file; only the calling thread reads it
   * @return a new array of the block's {@link #length}; the caller owns it
   * @throws NbdException with EIO if the file is damaged
   */
  protected abstract byte[] unpack(BlockDevice from, int block) throws IOException;
}
