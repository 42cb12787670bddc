package org.nbdcore.vmdk;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Decompressed grains, shared by a disk and its parents. A grain has one slot in which it can be; a
 * clash costs a decompression. The larger an extent's grains, the fewer slots they may use, so that
 * the budget holds to a small factor even in a disk of mixed grain sizes. The memory of a grain
 * that was replaced holds the next one, so that reading makes no garbage. Safe for many threads.
 */
final class GrainCache {
  private static final int MAX_SLOTS = 1024;
  private static final int MAX_SPARES = 16;

  private final int budget;
  private final AtomicReferenceArray<Entry> slots;

  /** Memory of grains that were replaced. */
  private final ArrayBlockingQueue<byte[]> spares = new ArrayBlockingQueue<>(MAX_SPARES);

  /** A grain's bytes. Whoever gets one releases it when it has read them. */
  static final class Entry {
    private static final int REPLACED = -1;

    private final GrainExtent extent;
    private final long grain;
    private final byte[] data;
    private final AtomicInteger readers = new AtomicInteger(1); // or REPLACED, for good

    private Entry(GrainExtent extent, long grain, byte[] data) {
      this.extent = extent;
      this.grain = grain;
      this.data = data;
    }

    /** The bytes, which nobody changes until this is released. */
    byte[] data() {
      return data;
    }

    void release() {
      readers.decrementAndGet();
    }

    /** Counts one reader more; false if the memory may hold another grain by now. */
    private boolean retain() {
      int count = readers.get();
      while (count != REPLACED) {
        if (readers.compareAndSet(count, count + 1)) {
          return true;
        }
        count = readers.get();
      }
      return false;
    }

    /** Takes the memory away, unless somebody reads it. */
    private boolean replace() {
      return readers.compareAndSet(0, REPLACED);
    }
  }

  /**
   * @param budget bytes to keep, roughly
   */
  GrainCache(int budget) {
    this.budget = budget;
    this.slots = new AtomicReferenceArray<>(MAX_SLOTS);
  }

  /** The grain's bytes, to be released; null if they are not here. */
  Entry get(GrainExtent extent, long grain, int grainBytes) {
    Entry entry = slots.get(slot(extent, grain, grainBytes));
    return entry != null && entry.grain == grain && entry.extent == extent && entry.retain()
        ? entry
        : null;
  }

  /** Memory of that many bytes, of any content, for a grain that is then {@link #put}. */
  byte[] memory(int bytes) {
    byte[] spare = spares.poll();
    return spare != null && spare.length == bytes ? spare : new byte[bytes];
  }

  /** Keeps a grain, whose bytes the caller must not change any more; it is to be released. */
  Entry put(GrainExtent extent, long grain, int grainBytes, byte[] data) {
    Entry entry = new Entry(extent, grain, data);
    Entry old = slots.getAndSet(slot(extent, grain, grainBytes), entry);
    if (old != null && old.replace()) {
      spares.offer(old.data); // dropped if there are enough
    }
    return entry;
  }

  private int slot(GrainExtent extent, long grain, int grainBytes) {
    int usable = Math.max(1, Math.min(MAX_SLOTS, budget / grainBytes));
    return (int) Math.floorMod(grain + System.identityHashCode(extent), (long) usable);
  }

  void clear() {
    for (int i = 0; i < MAX_SLOTS; i++) {
      slots.set(i, null);
    }
    spares.clear();
  }
}
