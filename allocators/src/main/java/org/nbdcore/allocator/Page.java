package org.nbdcore.allocator;

import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;

/**
 * A page of the disk with memory. Memory is allocated for two adjacent pages at once, so that a
 * read of both can be sent as one buffer.
 *
 * <p>Readers take no lock. A read that overlaps a write may return a mix of old and new bytes,
 * which the protocol allows. Writers hold the page's monitor, so that a page with only zeroes can
 * be removed from the table without losing a write. A removed page is never reused: the garbage
 * collector frees it when no reader references it.
 */
final class Page {

  static final int SHIFT = 15; // as in nbdkit, so that the extents are the same
  static final int SIZE = 1 << SHIFT;

  private final ByteBuffer block; // of two pages, or of one page without a neighbour
  private final ByteBuffer memory; // its part of the block
  private boolean detached; // guarded by this
  private boolean neighbourTaken; // guarded by this

  private Page(ByteBuffer block, int start, boolean neighbourTaken) {
    this.block = block;
    this.memory = block.slice(start, SIZE);
    this.neighbourTaken = neighbourTaken;
  }

  /** Allocates memory for the page at {@code index} and for its neighbour. */
  static Page allocate(long index) throws NbdException {
    return new Page(allocate(2 * SIZE), start(index), false);
  }

  /** The page at {@code index}, the neighbour of this one: in the same block if it is the first. */
  Page allocateNeighbour(long index) throws NbdException {
    return takeNeighbour()
        ? new Page(block, start(index), true)
        : new Page(allocate(SIZE), 0, true);
  }

  private static int start(long index) {
    return (int) (index & 1) << SHIFT;
  }

  private static ByteBuffer allocate(int size) throws NbdException {
    try {
      return ByteBuffer.allocateDirect(size);
    } catch (OutOfMemoryError e) {
      throw new NbdException(
          NbdError.ENOMEM,
          "no memory is left for another page of the disk: raise the JVM's -XX:MaxDirectMemorySize,"
              + " if that is set",
          e);
    }
  }

  private synchronized boolean takeNeighbour() {
    boolean free = !neighbourTaken;
    neighbourTaken = true; // permanently, because memory of a page is never reused
    return free;
  }

  /** True if both pages are in the same block. */
  boolean sharesBlock(Page other) {
    return block == other.block;
  }

  /**
   * Returns a part of the block, from offset {@code from} in this page, which must be the first of
   * the block.
   */
  ByteBuffer windowOfBlock(int from, int length) {
    return block.duplicate().limit(from + length).position(from);
  }

  /** Copies to {@code dst} at its position, and moves that. */
  void read(int from, ByteBuffer dst, int length) {
    int position = dst.position();
    dst.put(position, memory, from, length);
    dst.position(position + length);
  }

  /** Returns a new buffer on a part of the page. The buffer keeps the page's memory reachable. */
  ByteBuffer window(int from, int length) {
    return memory.duplicate().limit(from + length).position(from);
  }

  /**
   * Copies from {@code src} at its position, which stays.
   *
   * @return false, without effect, if the page is no longer part of the disk
   */
  synchronized boolean write(int to, ByteBuffer src, int length) {
    if (detached) {
      return false;
    }
    memory.put(to, src, src.position(), length);
    return true;
  }

  /** Fills a range with zeroes. Has no effect on a detached page, which already reads as zeroes. */
  synchronized void zero(int from, int length) {
    if (!detached) {
      Zeroes.fill(memory, from, length);
    }
  }

  /**
   * Fills a range with zeroes. If the page then contains only zeroes, removes it from the disk.
   *
   * @param table contains this page at {@code index}
   * @return true if the page was removed
   */
  synchronized boolean discard(int from, int length, PageTable<Page> table, long index) {
    if (detached) {
      return false;
    }
    boolean empty =
        Zeroes.isZero(memory, 0, from)
            && Zeroes.isZero(memory, from + length, SIZE - from - length);
    if (empty) {
      detached = true;
      table.remove(index, this);
    } else {
      Zeroes.fill(memory, from, length);
    }
    return empty;
  }
}
