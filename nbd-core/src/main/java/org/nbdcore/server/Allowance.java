package org.nbdcore.server;

/**
 * One connection's share of the {@link BufferPool}: however many requests a client sends, and
 * however slowly it reads the replies, it leaves memory for the others.
 *
 * <p>Only the thread that reads requests waits here, and never while it keeps a request from being
 * finished. Its monitor guards what is lent; the pool is not called while it is held.
 */
final class Allowance {

  /** Room for the largest request, and another one behind it. */
  static final long MOST = 2L << 26;

  private final BufferPool pool;
  private long lent;

  Allowance(BufferPool pool) {
    this.pool = pool;
  }

  /** As {@link BufferPool#acquire}; waits also while this connection has too much. */
  Slab acquire(int size) {
    int capacity = BufferPool.capacity(size);
    awaitRoom(capacity);
    boolean acquired = false;
    try {
      Slab slab = pool.acquire(size);
      acquired = true;
      return slab;
    } finally {
      if (!acquired) {
        giveBack(capacity);
      }
    }
  }

  /** As {@link BufferPool#acquireNow}; waits for nothing. */
  Slab acquireNow(int size) {
    Slab slab = pool.acquireNow(size);
    synchronized (this) {
      lent += slab.capacity();
    }
    return slab;
  }

  /** As {@link BufferPool#release}. */
  void release(Slab slab) {
    if (slab != null) {
      int capacity = slab.capacity();
      pool.release(slab);
      giveBack(capacity);
    }
  }

  private synchronized void awaitRoom(int capacity) {
    boolean interrupted = false;
    while (lent + capacity > MOST) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    lent += capacity;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void giveBack(int capacity) {
    if (lent + (1 << 26) > MOST) {
      notifyAll();
    }
    lent -= capacity;
  }
}
