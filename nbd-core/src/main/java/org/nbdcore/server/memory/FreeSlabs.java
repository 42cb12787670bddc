package org.nbdcore.server.memory;

import java.util.ArrayDeque;

/**
 * The slabs that the {@link SlabPool} keeps for later requests, by size. It keeps slabs while the
 * total of memory in use and kept stays below the recent peak, and always up to {@code retained}
 * bytes.
 *
 * <p>Guarded by the pool's monitor. Freeing a slab takes time. So this class only drops the slabs
 * that it does not keep, and the pool frees them without the monitor.
 */
final class FreeSlabs {

  /** From this power of two on, a free slab of twice the size is preferred to a new allocation. */
  private static final int REUSE_LARGER = 20;

  private final ArrayDeque<Slab>[] free;
  private final ArrayDeque<Slab> dropped = new ArrayDeque<>(); // not freed yet
  private final long retained;
  private final HighWaterMark highWaterMark;
  private long kept;

  /**
   * Creates an empty set.
   *
   * @param retained bytes to keep, even if little was used recently
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
  FreeSlabs(long retained, HighWaterMark highWaterMark) {
    this.retained = retained;
    this.highWaterMark = highWaterMark;
    free = new ArrayDeque[SlabPool.LARGEST + 1];
    for (int i = SlabPool.SMALLEST; i <= SlabPool.LARGEST; i++) {
      free[i] = new ArrayDeque<>();
    }
  }

  private static int power(int capacity) {
    return 31 - Integer.numberOfLeadingZeros(capacity);
  }

  /** If large sizes alternate, a free slab of the next larger size is as good as a new one. */
  boolean hasTwiceAsLarge(int capacity) {
    int power = power(capacity);
    return power >= REUSE_LARGER
        && power < SlabPool.LARGEST
        && free[power].isEmpty()
        && !free[power + 1].isEmpty();
  }

  /**
   * Removes a slab of this capacity; null if the caller must allocate it.
   *
   * @param inUse bytes in use, with this slab
   */
  Slab take(int capacity, long inUse) {
    highWaterMark.record(inUse);
    int power = power(capacity);
    Slab slab = free[power].pollLast();
    if (slab == null) {
      shrink(power, inUse);
    } else {
      kept -= capacity;
    }
    return slab;
  }

  /**
   * Keeps a returned slab, or drops slabs if that is too much.
   *
   * @param inUse bytes in use, without this slab
   */
  void add(Slab slab, long inUse) {
    putBack(slab);
    shrink(power(slab.capacity()), inUse);
  }

  /** Keeps a dropped slab that cannot be freed. */
  void putBack(Slab slab) {
    int capacity = slab.capacity();
    free[power(capacity)].addLast(slab);
    kept += capacity;
  }

  /**
   * Drops slabs that are kept because of an earlier peak.
   *
   * @return true if a later call may drop more
   */
  boolean trim(long inUse) {
    shrink(SlabPool.SMALLEST, inUse);
    return kept > retained;
  }

  /** Drops all slabs. */
  void dropAll() {
    for (int i = SlabPool.SMALLEST; i <= SlabPool.LARGEST; i++) {
      drop(i, 0);
    }
  }

  /**
   * Drops free slabs above the recent peak. Keeps those of size {@code power} longest, because this
   * size is currently in use.
   */
  private void shrink(int power, long inUse) {
    if (kept <= retained) {
      return;
    }
    long limit = Math.max(retained, highWaterMark.recent(inUse) - inUse);
    for (int i = SlabPool.LARGEST; i >= SlabPool.SMALLEST; i--) {
      if (i != power) {
        drop(i, limit);
      }
    }
    drop(power, limit);
  }

  /** Drops free slabs of one size until at most the limit is kept. */
  private void drop(int power, long limit) {
    while (kept > limit && !free[power].isEmpty()) {
      Slab slab = free[power].pollFirst();
      kept -= slab.capacity();
      dropped.addLast(slab);
    }
  }

  /** True if there are dropped slabs to free. */
  boolean hasDropped() {
    return !dropped.isEmpty();
  }

  /** Removes a dropped slab, which the caller must free; null if there is none. */
  Slab takeDropped() {
    return dropped.pollFirst();
  }

  /** Bytes of free slabs that the pool keeps. */
  long kept() {
    return kept;
  }
}
