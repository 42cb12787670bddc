package org.nbdcore.spi.helpers;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A pool of at most {@link #count} direct buffers of one size. If no buffer is free, {@link
 * #acquire} blocks until one is released. So a thread must not hold one buffer while it acquires
 * another. Safe for use by several threads.
 */
public final class BufferPool {

  private final int size;
  private final int count;
  private final Semaphore permits;

  /** Free buffers, the most recently used first; guarded by this collection. */
  private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();

  /**
   * Creates an empty pool. It allocates buffers when they are first needed.
   *
   * @param size of each buffer, in bytes
   * @param count the maximum number of buffers
   */
  public BufferPool(int size, int count) {
    this.size = size;
    this.count = count;
    this.permits = new Semaphore(count);
  }

  /**
   * Creates a pool of at most {@code count} buffers, or fewer so that they need at most {@code
   * memory} bytes; always at least one.
   */
  public static BufferPool within(long memory, int size, int count) {
    return new BufferPool(size, (int) Math.max(1, Math.min(count, memory / size)));
  }

  /** The size of each buffer, in bytes. */
  public int bufferSize() {
    return size;
  }

  /** The maximum number of buffers. */
  public int count() {
    return count;
  }

  /**
   * Returns a free buffer, and blocks until there is one. Return it with {@link #release}.
   *
   * @param length at most {@link #bufferSize}
   * @return a buffer with position 0, limit {@code length} and arbitrary contents
   */
  public ByteBuffer acquire(int length) {
    permits.acquireUninterruptibly();
    return take(length);
  }

  /** Like {@link #acquire}, but returns null instead of blocking. */
  public @Nullable ByteBuffer tryAcquire(int length) {
    return permits.tryAcquire() ? take(length) : null;
  }

  private ByteBuffer take(int length) {
    ByteBuffer buffer;
    synchronized (idle) {
      buffer = idle.pollFirst();
    }
    if (buffer == null) {
      try {
        buffer = ByteBuffer.allocateDirect(size);
      } catch (OutOfMemoryError e) {
        permits.release();
        throw e;
      }
    }
    return buffer.clear().limit(length);
  }

  /** Returns a buffer to the pool. Do not use it afterwards. */
  public void release(ByteBuffer buffer) {
    synchronized (idle) {
      idle.addFirst(buffer);
    }
    permits.release();
  }
}
