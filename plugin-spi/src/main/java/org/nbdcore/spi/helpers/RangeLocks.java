package org.nbdcore.spi.helpers;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Locks on ranges of a disk: an exclusive lock excludes all locks of overlapping ranges, a shared
 * lock excludes only exclusive ones. Waiting is first come, first served.
 *
 * <p>Before the first exclusive lock, a shared lock costs two atomic additions and no allocation.
 * The first exclusive lock waits once for all shared holders of that time; from then on everyone
 * queues.
 *
 * <p>A thread may hold at most one lock of each table. It may wait for something else (a buffer, a
 * device) while it holds the lock.
 */
public final class RangeLocks {

  /** Stands for a shared lock that was taken without queueing. */
  private static final Held UNQUEUED = new Held(0, 0, false);

  private final AtomicInteger unqueued = new AtomicInteger();
  private volatile boolean queueing;

  /** The newest lock that is held or waited for; all are linked in their order. Guarded by this. */
  private @Nullable Held last;

  /** Number of waiting locks; guarded by this. */
  private int waiting;

  /** A lock that is held. Pass it to {@link #release}. */
  public static final class Held {
    private final long start;
    private final long end;
    private final boolean exclusive;
    private @Nullable Held previous;
    private @Nullable Held following;

    private Held(long start, long end, boolean exclusive) {
      this.start = start;
      this.end = end;
      this.exclusive = exclusive;
    }

    private boolean conflicts(Held other) {
      return (exclusive || other.exclusive) && start < other.end && other.start < end;
    }
  }

  /** Waits until no exclusive lock overlaps the range from {@code start} to before {@code end}. */
  public Held shared(long start, long end) {
    if (!queueing) {
      unqueued.incrementAndGet();
      if (!queueing) {
        return UNQUEUED;
      }
      leaveUnqueued();
    }
    return queue(new Held(start, end, false));
  }

  /** Waits until no lock overlaps the range from {@code start} to before {@code end}. */
  public Held exclusive(long start, long end) {
    if (!queueing || unqueued.get() != 0) {
      beginQueueing();
    }
    return queue(new Held(start, end, true));
  }

  /** Releases a lock. */
  public void release(Held held) {
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

  private synchronized Held queue(Held held) {
    append(held);
    if (mustWait(held)) {
      waitUntil(() -> !mustWait(held));
    }
    return held;
  }

  private boolean mustWait(Held held) {
    for (Held other = held.previous; other != null; other = other.previous) {
      if (held.conflicts(other)) {
        return true;
      }
    }
    return false;
  }

  private void append(Held held) {
    held.previous = last;
    if (last != null) {
      last.following = held;
    }
    last = held;
  }

  private void remove(Held held) {
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
