package org.nbdcore.allocator;

import java.nio.ByteBuffer;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Zeroes;

/**
 * A piece of the disk that memory was allocated for. Memory is allocated for two neighbours at
 * once, so that a read of both can be sent as one buffer.
 *
 * <p>Readers take no lock: a read that overlaps a write may see some of both, which the protocol
 * allows. Writers hold the page's monitor, so that a page found to hold only zeroes can be taken
 * out of the table without losing a write to another part of it. A removed page is never reused:
 * the garbage collector frees it when no reader references it.
 */
final class Page {

  static final int SHIFT = 15; // as in nbdkit, so that maps of equal disks are equal
  static final int SIZE = 1 << SHIFT;

  private final ByteBuffer block; // of two pages, or of one that has no neighbour in it
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
    neighbourTaken = true; // for ever: the neighbour's memory is not used again either
    return free;
  }

  /** Whether both are parts of one block. */
  boolean sharesBlock(Page other) {
    return block == other.block;
  }

  /** A part of the block from {@code from} in this page, which is the first one of the block. */
  ByteBuffer windowOfBlock(int from, int length) {
    return block.duplicate().limit(from + length).position(from);
  }

  /** Copies to {@code dst} at its position, and moves that. */
  void read(int from, ByteBuffer dst, int length) {
    int position = dst.position();
    dst.put(position, memory, from, length);
    dst.position(position + length);
  }

  /** A buffer of its own on a part of the page, which keeps the page's memory alive. */
  ByteBuffer window(int from, int length) {
    return memory.duplicate().limit(from + length).position(from);
  }

  /**
   * Copies from {@code src} at its position, which stays.
   *
   * @return false, having done nothing, if the page is no longer part of the disk
   */
  synchronized boolean write(int to, ByteBuffer src, int length) {
    if (detached) {
      return false;
    }
    memory.put(to, src, src.position(), length);
    return true;
  }

  /** Fills with zeroes; a detached page reads as zeroes anyway. */
  synchronized void zero(int from, int length) {
    if (!detached) {
      Zeroes.fill(memory, from, length);
    }
  }

  /**
   * Fills with zeroes and, if the page then holds nothing else, takes it out of the disk.
   *
   * @param table where this page is at {@code index}
   * @return whether it was taken out
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
