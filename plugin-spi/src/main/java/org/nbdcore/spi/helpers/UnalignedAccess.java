package org.nbdcore.spi.helpers;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Zeroes;

/**
 * Unaligned reads and writes of a device that accepts whole blocks only. A write reads the blocks
 * at its edges, changes them and writes them back (read-modify-write).
 *
 * <p>All writers of the same disk must use the same locks: a writer of whole blocks holds a
 * {@linkplain RangeLocks#shared shared} lock of {@link #locks} during its write. Safe for use by
 * several threads.
 */
public final class UnalignedAccess {

  private final BlockDevice next;
  private final int block;
  private final RangeLocks locks;
  private final BufferPool pool;
  private final int longest;

  /**
   * Reads from and writes to {@code next}. The caller closes {@code next}.
   *
   * @param block the block size in bytes, a power of two
   * @param longest the longest read or write of {@code next}, a multiple of {@code block}
   * @param locks the locks that all writers of the same disk share
   * @param pool has buffers of at least two blocks
   */
  public UnalignedAccess(
      BlockDevice next, int block, int longest, RangeLocks locks, BufferPool pool) {
    this.next = next;
    this.block = block;
    this.longest = Math.min(pool.bufferSize(), longest);
    this.locks = locks;
    this.pool = pool;
  }

  /** The locks that writers of the same disk share. */
  public RangeLocks locks() {
    return locks;
  }

  /**
   * True if the blocks of a range fit into one buffer. {@link #read}, {@link #write(ByteBuffer,
   * long, Flags)} and {@link #writeZeroes} accept only such ranges.
   */
  public boolean fits(long offset, long length) {
    return length <= longest && up(offset + length) - down(offset) <= longest;
  }

  private long down(long offset) {
    return Alignment.roundDown(offset, block);
  }

  private long up(long offset) {
    return Alignment.roundUp(offset, block);
  }

  /**
   * Reads a range that {@link #fits}. Takes no lock, because one call of the next device reads
   * everything.
   */
  public void read(ByteBuffer dst, long offset) throws IOException {
    long start = down(offset);
    int span = (int) (up(offset + dst.remaining()) - start);
    ByteBuffer buffer = pool.acquire(span);
    try {
      next.read(buffer, start);
      int skip = (int) (offset - start);
      buffer.limit(skip + dst.remaining()).position(skip);
      dst.put(buffer);
    } finally {
      pool.release(buffer);
    }
  }

  /**
   * Writes all of {@code src} to a range that {@link #fits}.
   *
   * @param src as for {@link BlockDevice#write}
   */
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    write(src, offset, src.remaining(), flags);
  }

  /** Writes zeroes to a range that {@link #fits}. */
  public void writeZeroes(long offset, int length, Flags flags) throws IOException {
    write(null, offset, length, flags);
  }

  /**
   * Reads the edges and writes everything in one call, while no other thread writes these blocks.
   */
  private void write(@Nullable ByteBuffer src, long offset, int length, Flags flags)
      throws IOException {
    long start = down(offset);
    long end = up(offset + length);
    RangeLocks.RangeLock held = locks.exclusive(start, end);
    try {
      ByteBuffer buffer = pool.acquire((int) (end - start));
      try {
        readEdges(buffer, start, end, offset, offset + length);
        merge(buffer, (int) (offset - start), src, length);
        next.write(buffer.position(0).limit((int) (end - start)), start, flags);
      } finally {
        pool.release(buffer);
      }
    } finally {
      locks.release(held);
    }
  }

  private void readEdges(ByteBuffer buffer, long start, long end, long from, long to)
      throws IOException {
    boolean head = from != start;
    boolean tail = to != end;
    if (head && tail && end - start <= 2L * block) {
      next.read(buffer, start);
      return;
    }
    if (head) {
      next.read(buffer.position(0).limit(block), start);
    }
    if (tail) {
      int span = (int) (end - start);
      next.read(buffer.limit(span).position(span - block), end - block);
    }
  }

  private static void merge(ByteBuffer buffer, int at, @Nullable ByteBuffer src, int length) {
    buffer.clear().position(at);
    if (src != null) {
      buffer.put(src);
      return;
    }
    Zeroes.fill(buffer, at, length);
  }
}
