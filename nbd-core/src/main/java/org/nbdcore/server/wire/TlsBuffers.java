package org.nbdcore.server.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Memory for encrypted sessions, which have it only while there is a record to work on: thousands
 * may be open, and do nothing. Each kind has its size. Heap memory, as there the JDK encrypts and
 * decrypts in place; other memory it copies piecemeal.
 *
 * <p>The monitor guards what is kept for the next session that has something to do.
 */
final class TlsBuffers {

  /** Number of buffers to keep: more than the processors of most machines use at the same time. */
  private static final int KEPT = 32;

  private final int size;
  private final boolean direct;
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(KEPT);

  /**
   * Keeps none at first.
   *
   * @param size of each, in bytes
   * @param direct whether they are for system calls, which would otherwise copy to such memory of
   *     each thread
   */
  TlsBuffers(int size, boolean direct) {
    this.size = size;
    this.direct = direct;
  }

  /** Takes a buffer, cleared, with undefined contents. */
  ByteBuffer take() {
    synchronized (this) {
      ByteBuffer kept = free.pollLast();
      if (kept != null) {
        return kept.clear();
      }
    }
    return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
  }

  /** Takes one back. */
  synchronized void give(ByteBuffer buffer) {
    if (free.size() < KEPT) {
      free.addLast(buffer);
    }
  }
}
