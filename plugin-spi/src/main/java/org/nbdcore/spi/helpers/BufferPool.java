package org.nbdcore.spi.helpers;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of direct buffers of one size. If no buffer is free, a thread waits until one is
 * returned. So a thread must not hold one buffer while it waits for another.
 */
public final class BufferPool {

  private final int size;
  private final int count;
  private final Semaphore permits;

  /** Free buffers, the most recently used first; guarded by this collection. */
  private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();

  /**
   * Makes an empty pool; buffers are allocated when they are first needed.
   *
   * @param size of each buffer, in bytes
   * @param count the most buffers there will ever be
   */
  public BufferPool(int size, int count) {
    this.size = size;
    this.count = count;
    this.permits = new Semaphore(count);
  }

  /** A pool of at most {@code count} buffers, fewer if they would need more than {@code memory}. */
  public static BufferPool within(long memory, int size, int count) {
    return new BufferPool(size, (int) Math.max(1, Math.min(count, memory / size)));
  }

  /** The size of each buffer, in bytes. */
  public int bufferSize() {
    return size;
  }

  /** The most buffers there will ever be. */
  public int count() {
    return count;
  }

  /** A buffer from 0 to {@code length}, with any contents; hand it to {@link #release}. */
  public ByteBuffer acquire(int length) {
    permits.acquireUninterruptibly();
    return take(length);
  }

  /** The same, or null instead of blocking. */
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
