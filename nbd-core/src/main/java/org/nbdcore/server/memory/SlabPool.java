package org.nbdcore.server.memory;

import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;

/**
 * Direct memory for requests and replies, in sizes that are powers of two. All connections share
 * it, and its budget bounds what clients can make the server allocate: above the budget, {@link
 * #acquire} blocks until memory is returned. {@link MemoryLimits} divides the budget among
 * connections.
 *
 * <p>The pool keeps returned slabs for later requests while the total of memory in use and kept
 * stays below the recent peak ({@link FreeSlabs}). It frees other slabs at once. So the total never
 * exceeds the budget plus the retained bytes.
 *
 * <p>The monitor guards every field and the {@link ConnectionBudget}s. Memory is allocated and
 * freed without the monitor.
 */
public final class SlabPool {

  /** The purpose of memory. */
  enum Use {
    /** The payload of a request or of its reply. */
    PAYLOAD,
    /** The next part of a payload that is being received. */
    PAYLOAD_PART,
    /** The base memory of a connection: its input, and the headers of its replies. */
    BASE
  }

  static final int SMALLEST = 12;
  static final int LARGEST = 26;

  /** The JVM's limit is not queried while fewer bytes than this are in use. */
  private static final long LIMIT_IRRELEVANT = 48L << 20;

  private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final MemoryLimits limits;
  private final MemoryWaiters waiters;
  private final FreeSlabs free;
  private final IntFunction<Slab> slabs;
  private final ConnectionBudget unowned = new ConnectionBudget(this);
  private boolean bounded;

  /**
   * Creates an empty pool.
   *
   * @param budget maximum bytes in use; at least 128 MiB, two of the largest slabs
   * @param retained bytes to keep for reuse, even if little was used recently
   * @param reclaimer called repeatedly by a thread that waits for memory, with the bytes that it
   *     needs; it may disconnect stalled clients
   */
  public SlabPool(long budget, long retained, LongConsumer reclaimer) {
    this(budget, retained, reclaimer, new HighWaterMark(RECENT_NANOS, System::nanoTime));
  }

  public SlabPool(long budget, long retained, LongConsumer reclaimer, HighWaterMark highWaterMark) {
    this(budget, retained, reclaimer, highWaterMark, Slab::new);
  }

  /**
   * Creates a pool with its own source of memory.
   *
   * @param slabs allocates a slab of a capacity, or throws {@link OutOfMemoryError}
   */
  SlabPool(
      long budget,
      long retained,
      LongConsumer reclaimer,
      HighWaterMark highWaterMark,
      IntFunction<Slab> slabs) {
    if (budget < 2L << LARGEST) {
      throw new IllegalArgumentException("a budget of " + budget + " bytes is too small");
    }
    limits = new MemoryLimits(budget);
    waiters = new MemoryWaiters(this, limits, reclaimer);
    free = new FreeSlabs(retained, highWaterMark);
    this.slabs = slabs;
  }

  /** Acquires a slab that belongs to no connection, but counts as memory in use. */
  public Slab acquire(int size) {
    return acquire(size, unowned, Use.BASE);
  }

  /** Returns a slab of {@link #acquire(int)} to the pool; null is ignored. */
  public void release(Slab slab) {
    release(slab, unowned);
  }

  /** The capacity of a slab of at least {@code size} bytes. */
  public static int capacity(int size) {
    int power = Math.max(SMALLEST, 32 - Integer.numberOfLeadingZeros(size - 1));
    if (power > LARGEST) {
      throw new IllegalArgumentException("no buffers of " + size + " bytes");
    }
    return 1 << power;
  }

  /**
   * Acquires a slab of at least {@code size} bytes, with undefined contents, for a connection.
   * Blocks while the budget is used up, or the connection has reached its limit.
   *
   * @throws OutOfMemoryError if an allocation fails and memory that is returned later cannot help
   */
  public Slab acquire(int size, ConnectionBudget who, Use use) {
    int capacity = capacity(size);
    boolean base = use == Use.BASE;
    while (true) {
      boolean room;
      Slab slab = null;
      synchronized (this) {
        room = waiters.awaitRoom(capacity, who, use);
        if (room) {
          slab = claim(preferredCapacity(capacity, who, use), who, base);
        }
      }
      if (!room) {
        waiters.reclaim(capacity, who, use);
        continue;
      }
      if (slab == null) {
        slab = allocate(capacity, who, base);
      }
      if (slab != null) {
        return slab;
      }
    }
  }

  /** Acquires a slab for a payload. Returns null instead of blocking. */
  Slab acquireIfRoom(int size, ConnectionBudget who) {
    int capacity = capacity(size);
    Slab slab;
    synchronized (this) {
      if (!limits.hasRoom(capacity, who, Use.PAYLOAD)) {
        return null;
      }
      slab = claim(preferredCapacity(capacity, who, Use.PAYLOAD), who, false);
    }
    return slab != null ? slab : allocate(capacity, who, false);
  }

  /**
   * Acquires a slab without blocking. For the few bytes that the call monitor needs, which may
   * exceed the budget.
   */
  Slab acquireNow(int size, ConnectionBudget who, Use use) {
    return acquireNow(capacity(size), who, use, false);
  }

  /**
   * Counts memory for a payload as in use if there is room for it. Does not block, and does not
   * allocate the memory. {@link #acquireReserved} or {@link #unreserve} must follow.
   *
   * @return false, with nothing counted, if there is no room
   */
  synchronized boolean reserve(int size, ConnectionBudget who) {
    int capacity = capacity(size);
    boolean room = limits.hasRoom(capacity, who, Use.PAYLOAD);
    if (room) {
      limits.acquired(capacity, who, false);
    }
    return room;
  }

  /** Ends a reservation without using it. */
  synchronized void unreserve(int size, ConnectionBudget who) {
    limits.returned(capacity(size), who, false);
    waiters.wake();
  }

  /** Allocates the memory of a reservation. If this fails, the reservation ends too. */
  Slab acquireReserved(int size, ConnectionBudget who) {
    return acquireNow(capacity(size), who, Use.PAYLOAD, true);
  }

  private Slab acquireNow(int capacity, ConnectionBudget who, Use use, boolean reserved) {
    boolean base = use == Use.BASE;
    boolean counted = reserved;
    while (true) {
      Slab slab;
      synchronized (this) {
        if (counted) {
          limits.returned(capacity, who, false);
          counted = false;
        }
        slab = claim(capacity, who, base);
      }
      if (slab != null) {
        return slab;
      }
      try {
        return make(capacity, who, base);
      } catch (OutOfMemoryError e) {
        if (!freeKept()) {
          throw e;
        }
      }
    }
  }

  /** The capacity of the slab to acquire: this one, or twice as much if such a slab is free. */
  private int preferredCapacity(int capacity, ConnectionBudget who, Use use) {
    boolean larger = free.hasTwiceAsLarge(capacity) && limits.hasRoom(2 * capacity, who, use);
    return larger ? 2 * capacity : capacity;
  }

  /**
   * Counts a slab as in use, and returns a free one. Returns null if the caller must allocate it.
   */
  private Slab claim(int capacity, ConnectionBudget who, boolean base) {
    limits.acquired(capacity, who, base);
    Slab slab = free.take(capacity, limits.inUse());
    if (slab != null) {
      slab.base = base;
    }
    return slab;
  }

  /**
   * Allocates a slab that is already counted. If this returns null, nothing is counted, and the
   * caller must try again.
   */
  private Slab allocate(int capacity, ConnectionBudget who, boolean base) {
    applyJvmLimit();
    try {
      return make(capacity, who, base);
    } catch (OutOfMemoryError e) {
      if (freeKept()) {
        return null;
      }
      boolean others;
      synchronized (this) {
        others = limits.allocationFailed(capacity, who, base);
      }
      if (!others) {
        throw e;
      }
      return null;
    }
  }

  /** Frees all kept slabs. Returns true if there were any. */
  private boolean freeKept() {
    synchronized (this) {
      free.dropAll();
    }
    return freeDropped();
  }

  private Slab make(int capacity, ConnectionBudget who, boolean base) {
    freeDropped();
    boolean made = false;
    try {
      Slab slab = slabs.apply(capacity);
      slab.base = base;
      made = true;
      return slab;
    } finally {
      if (!made) {
        synchronized (this) {
          limits.returned(capacity, who, base);
          waiters.wake();
        }
      }
    }
  }

  /**
   * Lowers the budget to the JVM's limit. Queries the limit only when much memory is in use,
   * because the query is slow.
   */
  private void applyJvmLimit() {
    synchronized (this) {
      if (bounded || limits.inUse() < LIMIT_IRRELEVANT) {
        return;
      }
      bounded = true;
    }
    long most = DirectMemoryLimit.ask();
    synchronized (this) {
      limits.lowerBudget(most - most / 4); // leave some for an embedding program
    }
  }

  /** Returns a slab to the pool; null is ignored. */
  public void release(Slab slab, ConnectionBudget who) {
    if (slab == null) {
      return;
    }
    boolean some;
    synchronized (this) {
      limits.returned(slab.capacity(), who, slab.base);
      free.add(slab, limits.inUse());
      some = free.hasDropped();
      waiters.wake();
    }
    if (some) {
      freeDropped();
    }
  }

  /**
   * Frees slabs that are kept because of an earlier peak. Call it regularly while the server is
   * idle.
   *
   * @return true if a later call may free more
   */
  public boolean trim() {
    boolean more;
    synchronized (this) {
      more = free.trim(limits.inUse());
    }
    freeDropped();
    return more;
  }

  /** Frees the dropped slabs; returns true if there were any. */
  private boolean freeDropped() {
    boolean any = false;
    while (true) {
      Slab slab;
      synchronized (this) {
        slab = free.takeDropped();
      }
      if (slab == null) {
        return any;
      }
      if (slab.free()) {
        any = true;
      } else { // a faulty layer still uses a slab that it has returned
        synchronized (this) {
          free.putBack(slab);
        }
        return any;
      }
    }
  }

  /** Bytes of free slabs that the pool keeps. */
  synchronized long kept() {
    return free.kept();
  }

  /** Maximum bytes in use. */
  public synchronized long budget() {
    return limits.budget();
  }

  /** Bytes in use. */
  public synchronized long inUse() {
    return limits.inUse();
  }

  /** True if a connection holds memory that counts for the limit of its export. */
  synchronized boolean hasPayloads(ConnectionBudget who) {
    return who.payloads > 0;
  }

  /** Bytes that a connection currently holds. */
  synchronized long held(ConnectionBudget who) {
    return who.payloads + who.base;
  }
}
