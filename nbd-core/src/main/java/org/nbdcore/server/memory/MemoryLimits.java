package org.nbdcore.server.memory;

import java.util.concurrent.TimeUnit;

/**
 * Decides how much of the {@link SlabPool}'s budget a connection may use, so that large requests
 * leave memory for small ones:
 *
 * <ul>
 *   <li>One eighth is for the <i>base memory</i> that each connection needs: its input and reply
 *       headers. Of the rest, slabs above 128 KiB may use three quarters of the budget, and slabs
 *       above 4 MiB half of it.
 *   <li>A connection that already has memory gets more only while its total is at most the free
 *       memory. So a single connection may use much; with many connections, each can use little.
 *   <li>A connection has at most {@link ConnectionBudget#MAX_BYTES} bytes.
 *   <li>The connections of an export may have an {@link ExportBudget} together.
 * </ul>
 *
 * <p>Guarded by the pool's monitor.
 */
final class MemoryLimits {

  /** Largest capacity of a small slab. */
  private static final int SMALL = 1 << 17;

  private static final int MEDIUM = 1 << 22;

  /** How long a failed allocation limits the memory in use. */
  private static final long CEILING_NANOS = TimeUnit.SECONDS.toNanos(10);

  private long budget;
  private long inUse;
  private long medium; // part of inUse: slabs that are not small
  private long large; // part of medium: large slabs
  private long baseInUse; // part of inUse: base memory of connections
  private long ceiling = Long.MAX_VALUE; // bytes in use when an allocation failed
  private int refused; // size of the failed allocation; 0 if there is no ceiling
  private long ceilingSince;

  MemoryLimits(long budget) {
    this.budget = budget;
  }

  /** Maximum bytes in use. */
  long budget() {
    return budget;
  }

  /** Lowers the budget to the limit of the JVM, but not below the minimum. */
  void lowerBudget(long most) {
    budget = Math.min(budget, Math.max(most, 2L << SlabPool.LARGEST));
  }

  /** True if a connection may acquire this many more bytes for this use. */
  boolean hasRoom(int capacity, ConnectionBudget who, SlabPool.Use use) {
    if (!fits(capacity)) {
      return false;
    }
    if (use == SlabPool.Use.BASE) {
      return true;
    }
    if (who.payloads + capacity > ConnectionBudget.MAX_BYTES) {
      return false;
    }
    // A partly received payload always gets more. Otherwise such payloads could deadlock.
    return use == SlabPool.Use.PAYLOAD_PART
        || exportHasRoom(capacity, who)
            && (who.payloads == 0 ? capacity : who.payloads + capacity) <= room(capacity);
  }

  /** True if the export of a connection has room for a payload, or no limit. */
  boolean exportHasRoom(int capacity, ConnectionBudget who) {
    return who.export == null || who.export.hasRoom(capacity);
  }

  /** True if other connections cause the lack of memory. */
  boolean mustWaitForOthers(int capacity, SlabPool.Use use) {
    return !fits(capacity)
        || use == SlabPool.Use.PAYLOAD_PART
        || (use == SlabPool.Use.PAYLOAD && capacity > room(capacity));
  }

  private boolean fits(int capacity) {
    if (refused > 0 && System.nanoTime() - ceilingSince > CEILING_NANOS) {
      ceiling = Long.MAX_VALUE;
      refused = 0;
    }
    if (inUse == 0) {
      return true;
    }
    long most =
        capacity < refused
            ? ceiling + refused - 1
            : ceiling; // a smaller allocation may still succeed
    return inUse + capacity <= Math.min(budget, most);
  }

  private long room(int capacity) {
    long room = budget - budget / 8 - inUse;
    if (capacity > SMALL) {
      room = Math.min(room, budget - budget / 4 - medium);
    }
    if (capacity > MEDIUM) {
      room = Math.min(room, budget / 2 - large);
    }
    return room;
  }

  /** Counts acquired memory. */
  void acquired(int capacity, ConnectionBudget who, boolean base) {
    count(capacity, who, base);
  }

  /** Counts returned memory. */
  void returned(int capacity, ConnectionBudget who, boolean base) {
    count(-capacity, who, base);
  }

  private void count(int change, ConnectionBudget who, boolean base) {
    int capacity = Math.abs(change);
    inUse += change;
    if (capacity > SMALL) {
      medium += change;
    }
    if (capacity > MEDIUM) {
      large += change;
    }
    if (base) {
      baseInUse += change;
      who.base += change;
    } else {
      who.payloads += change;
      if (who.export != null) {
        who.export.count(change);
      }
    }
  }

  /**
   * Records a failed allocation, so that allocations of this size wait until enough memory has been
   * returned.
   *
   * @return false, without recording, if no memory in use would make room when returned. Payloads
   *     would. Waiting connections hold base memory too, so the base memory of others counts only
   *     if it exceeds the failed allocation.
   */
  boolean allocationFailed(int capacity, ConnectionBudget who, boolean base) {
    if (base ? inUse == 0 : inUse == baseInUse && baseInUse - who.base <= capacity) {
      return false;
    }
    ceiling = inUse;
    refused = capacity;
    ceilingSince = System.nanoTime();
    return true;
  }

  /** Bytes in use. */
  long inUse() {
    return inUse;
  }
}
