package org.nbdcore.server.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * A pool of buffers for TLS sessions. A session holds a buffer only while it processes a record,
 * because thousands of idle sessions may be open. Each pool has buffers of one size. For encryption
 * they are on the heap, where the JDK works in place; it copies direct memory in pieces.
 *
 * <p>The monitor guards the free buffers.
 */
final class TlsBuffers {

  /** Number of buffers to keep: more than the processors of most machines use at the same time. */
  private static final int MAX_KEPT = 32;

  private final int size;
  private final boolean direct;
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(MAX_KEPT);

  /**
   * Creates an empty pool.
   *
   * @param size of each buffer, in bytes
   * @param direct true for buffers for system calls, because the JDK copies heap memory to a direct
   *     buffer of each thread
   */
  TlsBuffers(int size, boolean direct) {
    this.size = size;
    this.direct = direct;
  }

  /** Takes a cleared buffer with undefined contents. */
  ByteBuffer take() {
    synchronized (this) {
      ByteBuffer kept = free.pollLast();
      if (kept != null) {
        return kept.clear();
      }
    }
    return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
  }

  /** Returns a buffer to the pool. */
  synchronized void release(ByteBuffer buffer) {
    if (free.size() < MAX_KEPT) {
      free.addLast(buffer);
    }
  }
}
