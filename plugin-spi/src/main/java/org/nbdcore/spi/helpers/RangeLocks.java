package org.nbdcore.spi.helpers;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Read-write locks on ranges of a disk. An exclusive lock excludes all locks of overlapping ranges,
 * a shared lock excludes only exclusive ones. Threads get overlapping locks in the order of their
 * calls.
 *
 * <p>Before the first exclusive lock, a shared lock costs two atomic additions and no allocation.
 * The first exclusive lock waits for all shared locks that are held at that time. From then on, all
 * locks are queued.
 *
 * <p>A thread may hold at most one lock of each table. While it holds a lock, it may wait for other
 * things, such as a buffer or a device.
 */
public final class RangeLocks {

  /** The result of {@link #shared} if the lock was taken without queueing. */
  private static final RangeLock UNQUEUED = new RangeLock(0, 0, false);

  private final AtomicInteger unqueued = new AtomicInteger();
  private volatile boolean queueing;

  /**
   * The newest lock that is held or requested; a linked list of all, in the order of the calls.
   * Guarded by this.
   */
  private @Nullable RangeLock last;

  /** Number of waiting locks; guarded by this. */
  private int waiting;

  /** A lock that is held. Pass it to {@link #release}. */
  public static final class RangeLock {
    private final long start;
    private final long end;
    private final boolean exclusive;
    private @Nullable RangeLock previous;
    private @Nullable RangeLock following;

    private RangeLock(long start, long end, boolean exclusive) {
      this.start = start;
      this.end = end;
      this.exclusive = exclusive;
    }

    private boolean conflicts(RangeLock other) {
      return (exclusive || other.exclusive) && start < other.end && other.start < end;
    }
  }

  /**
   * Takes a shared lock. Blocks until no exclusive lock overlaps the range.
   *
   * @param start the first byte of the range
   * @param end the first byte after the range
   */
  public RangeLock shared(long start, long end) {
    if (!queueing) {
      unqueued.incrementAndGet();
      if (!queueing) {
        return UNQUEUED;
      }
      leaveUnqueued();
    }
    return queue(new RangeLock(start, end, false));
  }

  /**
   * Takes an exclusive lock. Blocks until no other lock overlaps the range.
   *
   * @param start the first byte of the range
   * @param end the first byte after the range
   */
  public RangeLock exclusive(long start, long end) {
    if (!queueing || unqueued.get() != 0) {
      beginQueueing();
    }
    return queue(new RangeLock(start, end, true));
  }

  /** Releases a lock. */
  public void release(RangeLock held) {
    if (held == UNQUEUED) {
      leaveUnqueued();
      return;
    }
    synchronized (this) {
      remove(held);
      if (waiting > 0) {
        notifyAll();
      }
    }
  }

  private void leaveUnqueued() {
    if (unqueued.decrementAndGet() == 0 && queueing) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  private synchronized void beginQueueing() {
    queueing = true;
    waitUntil(() -> unqueued.get() == 0);
  }

  private synchronized RangeLock queue(RangeLock held) {
    append(held);
    if (mustWait(held)) {
      waitUntil(() -> !mustWait(held));
    }
    return held;
  }

  private boolean mustWait(RangeLock held) {
    for (RangeLock other = held.previous; other != null; other = other.previous) {
      if (held.conflicts(other)) {
        return true;
      }
    }
    return false;
  }

  private void append(RangeLock held) {
    held.previous = last;
    if (last != null) {
      last.following = held;
    }
    last = held;
  }

  private void remove(RangeLock held) {
    if (held.previous != null) {
      held.previous.following = held.following;
    }
    if (held.following == null) {
      last = held.previous;
    } else {
      held.following.previous = held.previous;
    }
  }

  private void waitUntil(BooleanSupplier condition) {
    waiting++;
    Uninterruptibles.await(this, condition);
    waiting--;
  }
}
