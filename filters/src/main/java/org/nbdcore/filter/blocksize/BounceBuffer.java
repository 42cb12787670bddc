package org.nbdcore.filter.blocksize;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.filter.common.BufferPool;
import org.nbdcore.filter.common.RangeLocks;
import org.nbdcore.spi.BlockDevice;

/** Carries out small unaligned requests by way of a buffer that holds whole blocks. */
final class BounceBuffer {

  private final BlockDevice next;
  private final BlocksizeLimits limits;
  private final RangeLocks locks;
  private final BufferPool pool;
  private final int size;

  BounceBuffer(BlockDevice next, BlocksizeLimits limits, RangeLocks locks, BufferPool pool) {
    this.next = next;
    this.limits = limits;
    this.locks = locks;
    this.pool = pool;
    this.size = Math.min(pool.bufferSize(), limits.maxData());
  }

  /** The table in which whole-block writers of the same disk register. */
  RangeLocks locks() {
    return locks;
  }

  /** Whether all blocks that a range touches fit the buffer. */
  boolean holds(long offset, long length) {
    return length <= size && limits.up(offset + length) - limits.down(offset) <= size;
  }

  /** Reads a range that {@link #holds} allows; nothing is locked, as one call reads it all. */
  void read(ByteBuffer dst, long offset) throws IOException {
    long start = limits.down(offset);
    int span = (int) (limits.up(offset + dst.remaining()) - start);
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
   * Reads the blocks at the edges, merges the new data and writes everything in one call, while no
   * one else writes to these blocks.
   *
   * @param src the data, or null for zeroes
   */
  void write(ByteBuffer src, long offset, int length, int flags) throws IOException {
    long start = limits.down(offset);
    long end = limits.up(offset + length);
    RangeLocks.Held held = locks.exclusive(start, end);
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
    int block = limits.minBlock();
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

  private static void merge(ByteBuffer buffer, int at, ByteBuffer src, int length) {
    buffer.clear().position(at);
    if (src != null) {
      buffer.put(src);
      return;
    }
    for (int i = at; i < at + length; i++) {
      buffer.put(i, (byte) 0);
    }
  }
}
