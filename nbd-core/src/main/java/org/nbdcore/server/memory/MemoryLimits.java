package org.nbdcore.server.memory;

import java.util.concurrent.TimeUnit;

/**
 * Who may have how much of the {@link BufferPool}'s budget, so that those who take a lot leave
 * enough to those who want a little:
 *
 * <ul>
 *   <li>An eighth is for what any connection needs to be served at all. Of the rest, slabs of more
 *       than 128 KiB have three quarters of the budget, those of more than 4 MiB half of it.
 *   <li>A connection that has memory gets more only as long as all it has is no more than what is
 *       free. So one alone may have much, and the more there are, the less each can keep others
 *       waiting with.
 *   <li>It has {@link ConnectionBudget#MOST} at most.
 * </ul>
 *
 * <p>Guarded by the pool's monitor.
 */
final class MemoryLimits {

  /** Up to here slabs are small. */
  private static final int SMALL = 1 << 17;

  private static final int MEDIUM = 1 << 22;

  /** For so long an allocation that failed limits what is lent. */
  private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private long budget;
  private long lent;
  private long medium; // of lent, in slabs that are not small
  private long large; // of medium, in slabs that are larger still
  private long shares; // of lent, for what any connection needs
  private long ceiling = Long.MAX_VALUE; // what was lent when an allocation failed
  private int refused; // so much could not be allocated beside that; 0 if there is no ceiling
  private long ceilingSince;

  MemoryLimits(long budget) {
    this.budget = budget;
  }

  /** Lowers the budget to what the virtual machine allows, but not below what it must be. */
  void bound(long most) {
    budget = Math.min(budget, Math.max(most, 2L << BufferPool.LARGEST));
  }

  /** Whether so much more can be lent to a connection for this use. */
  boolean hasRoom(int capacity, ConnectionBudget who, BufferPool.Use use) {
    if (!fits(capacity)) {
      return false;
    }
    if (use == BufferPool.Use.SHARE) {
      return true;
    }
    if (who.lent + capacity > ConnectionBudget.MOST) {
      return false;
    }
    return use == BufferPool.Use.MORE
        || (who.lent == 0 ? capacity : who.lent + capacity) <= room(capacity);
  }

  /** Whether it is because of the others that there is no room. */
  boolean isShort(int capacity, BufferPool.Use use) {
    return !fits(capacity)
        || use == BufferPool.Use.MORE
        || (use == BufferPool.Use.PAYLOAD && capacity > room(capacity));
  }

  private boolean fits(int capacity) {
    if (refused > 0 && System.nanoTime() - ceilingSince > SHORT_NANOS) {
      ceiling = Long.MAX_VALUE;
      refused = 0;
    }
    if (lent == 0) {
      return true;
    }
    long most = capacity < refused ? ceiling + refused - 1 : ceiling; // less may well be there
    return lent + capacity <= Math.min(budget, most);
  }

  private long room(int capacity) {
    long room = budget - budget / 8 - lent;
    if (capacity > SMALL) {
      room = Math.min(room, budget - budget / 4 - medium);
    }
    if (capacity > MEDIUM) {
      room = Math.min(room, budget / 2 - large);
    }
    return room;
  }

  /** Counts what is lent. */
  void lend(int capacity, ConnectionBudget who, boolean share) {
    count(capacity, who, share);
  }

  /** Counts what has come back. */
  void giveBack(int capacity, ConnectionBudget who, boolean share) {
    count(-capacity, who, share);
  }

  private void count(int change, ConnectionBudget who, boolean share) {
    int capacity = Math.abs(change);
    lent += change;
    if (capacity > SMALL) {
      medium += change;
    }
    if (capacity > MEDIUM) {
      large += change;
    }
    if (share) {
      shares += change;
      who.share += change;
    } else {
      who.lent += change;
    }
  }

  /**
   * Remembers what could not be allocated, so that the like waits until that much has come back.
   *
   * @return false, with nothing remembered, if nothing is lent that would make room. Payloads
   *     would; what any connection needs is had by those that wait, too, and counts only if it is
   *     more than was wanted.
   */
  boolean allocationFailed(int capacity, boolean share) {
    if (share ? lent == 0 : lent == shares && shares <= capacity) {
      return false;
    }
    ceiling = lent;
    refused = capacity;
    ceilingSince = System.nanoTime();
    return true;
  }

  /** Bytes lent at the moment. */
  long lent() {
    return lent;
  }
}
