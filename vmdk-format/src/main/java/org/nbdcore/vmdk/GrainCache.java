package org.nbdcore.vmdk;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Decompressed grains, shared by a disk and its parents. A grain has one slot in which it can be; a
 * clash costs a decompression. The larger an extent's grains, the fewer slots they may use, so that
 * the budget holds to a small factor even in a disk of mixed grain sizes. Without locks.
 */
final class GrainCache {
  private static final int MAX_SLOTS = 1024;

  private final int budget;
  private final AtomicReferenceArray<Entry> slots;

  private record Entry(GrainExtent extent, long grain, byte[] data) {}

  /**
   * @param budget bytes to keep, roughly
   */
  GrainCache(int budget) {
    this.budget = budget;
    this.slots = new AtomicReferenceArray<>(MAX_SLOTS);
  }

  /** The grain's bytes, which the caller must not change; null if they are not here. */
  byte[] get(GrainExtent extent, long grain, int grainBytes) {
    Entry entry = slots.get(slot(extent, grain, grainBytes));
    return entry != null && entry.grain == grain && entry.extent == extent ? entry.data : null;
  }

  void put(GrainExtent extent, long grain, int grainBytes, byte[] data) {
    slots.set(slot(extent, grain, grainBytes), new Entry(extent, grain, data));
  }

  private int slot(GrainExtent extent, long grain, int grainBytes) {
    int usable = Math.max(1, Math.min(MAX_SLOTS, budget / grainBytes));
    return (int) Math.floorMod(grain + System.identityHashCode(extent), (long) usable);
  }

  void clear() {
    for (int i = 0; i < MAX_SLOTS; i++) {
      slots.set(i, null);
    }
  }
}
