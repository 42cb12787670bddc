package org.nbdcore.filter.common;

import java.io.IOException;
import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * The blocks of a packed file that were used last, unpacked. If several threads need a block, the
 * first one unpacks it. Blocks being unpacked count too: a thread that finds no room waits. Safe
 * for use by many threads.
 */
final class DecompressedBlockCache {

  private static final int NONE = -1;

  private final CompressedBlocks packed;

  // The block used last is first. A block without contents is being unpacked. Guarded by this.
  private int[] blocks;
  private byte[][] contents;
  private int used;
  private final int most;

  /** Keeps at most {@code most} blocks, at least one. */
  DecompressedBlockCache(CompressedBlocks packed, int most) {
    this.packed = packed;
    this.most = most;
    blocks = new int[Math.min(most, 8)];
    contents = new byte[blocks.length][];
  }

  CompressedBlocks packed() {
    return packed;
  }

  /**
   * Returns the contents of a block; do not change them. Reads {@code from} if they are not in
   * memory.
   */
  byte[] get(int block, BlockDevice from) throws IOException {
    byte[] known = findOrReserve(block);
    if (known != null) {
      return known;
    }
    byte[] unpacked = null;
    try {
      unpacked = packed.unpack(from, block);
      return unpacked;
    } catch (OutOfMemoryError e) {
      throw new NbdException(
          NbdError.ENOMEM,
          "there is no memory for a block of "
              + packed.length(block)
              + " bytes: pack the file with smaller blocks, keep fewer, or give Java more (-Xmx)",
          e);
    } finally {
      finish(block, unpacked);
    }
  }

  /** The contents; null after a place was reserved for them, which {@link #finish} must fill. */
  private synchronized byte[] findOrReserve(int block) {
    boolean interrupted = false;
    try {
      while (true) {
        int at = indexOf(block);
        if (at != NONE && contents[at] != null) {
          byte[] found = contents[at];
          moveToFront(at, block, found);
          return found;
        }
        int room = at == NONE ? room() : NONE;
        if (room != NONE) {
          moveToFront(room, block, null);
          return null;
        }
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted =
              true; // workers are never interrupted; the flag is restored for other callers
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private int indexOf(int block) {
    for (int i = 0; i < used; i++) {
      if (blocks[i] == block) {
        return i;
      }
    }
    return NONE;
  }

  /** A new place, or that of the block that was not used for longest; NONE if all are at work. */
  private int room() {
    if (used < most) {
      if (used == blocks.length) {
        int more = (int) Math.min(most, 2L * used);
        blocks = Arrays.copyOf(blocks, more);
        contents = Arrays.copyOf(contents, more);
      }
      return used++;
    }
    int last = used - 1;
    while (last >= 0 && contents[last] == null) {
      last--;
    }
    return last; // NONE is what is left where there is none
  }

  private void moveToFront(int from, int block, byte[] unpacked) {
    System.arraycopy(blocks, 0, blocks, 1, from);
    System.arraycopy(contents, 0, contents, 1, from);
    blocks[0] = block;
    contents[0] = unpacked;
  }

  /** Fills the place of a block, or gives it up where {@code unpacked} is null. */
  private synchronized void finish(int block, byte[] unpacked) {
    int at = indexOf(block);
    if (unpacked != null) {
      contents[at] = unpacked;
    } else {
      used--;
      System.arraycopy(blocks, at + 1, blocks, at, used - at);
      System.arraycopy(contents, at + 1, contents, at, used - at);
      contents[used] = null;
    }
    notifyAll();
  }
}
