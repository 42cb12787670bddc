package org.nbdcore.filter.common;

import java.io.IOException;
import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * A cache of the most recently used blocks of a compressed file. If several threads need a block,
 * the first one decompresses it. Blocks in decompression count too: a thread that finds no room
 * blocks. Safe for use by several threads.
 */
final class DecompressedBlockCache {

  private static final int NONE = -1;

  private final CompressedBlocks packed;

  // Most recently used first. A block without contents is being decompressed. Guarded by this.
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

  /**
   * Returns the contents. Returns null after it has reserved an entry, which {@link #finish} must
   * fill.
   */
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
              true; // the server never interrupts its threads; restore the flag for other callers
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

  /**
   * Returns a new entry, or that of the least recently used block; NONE if all are being
   * decompressed.
   */
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
    return last; // NONE if there is no such entry
  }

  private void moveToFront(int from, int block, byte[] unpacked) {
    System.arraycopy(blocks, 0, blocks, 1, from);
    System.arraycopy(contents, 0, contents, 1, from);
    blocks[0] = block;
    contents[0] = unpacked;
  }

  /** Fills the entry of a block, or removes it if {@code unpacked} is null. */
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
