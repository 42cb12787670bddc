package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Decompressed grains, shared by a disk and its parents. Each grain maps to one slot; a collision
 * costs a decompression. The larger an extent's grains, the fewer slots they may use, so that the
 * budget holds approximately even in a disk of mixed grain sizes. A slot reuses its memory for the
 * next grain, so that reads create no garbage. Thread-safe.
 */
final class GrainCache {
  private static final int MAX_SLOTS = 1024;

  private final int budget;
  private final VmdkCounters counters;
  private final Slot[] slots = new Slot[MAX_SLOTS];

  /** Decompresses grains for the cache. */
  interface Loader {
    /** Bytes in a grain of this extent. */
    long grainBytes();

    /** Bytes of this grain that lie in the extent. */
    int storedBytes(long grain);

    /**
     * Puts the grain at the start of {@code out}.
     *
     * @param located the grain map's result for that grain
     */
    void load(long grain, long located, DirectMemory out) throws IOException;
  }

  /**
   * One grain. A thread holds the lock while it loads the grain, so that other threads that want
   * this grain wait and do not load it again.
   */
  private static final class Slot {
    private Loader loader; // guarded by this slot's lock; null if the slot is empty
    private long grain; // guarded by this slot's lock
    private DirectMemory memory; // guarded by this slot's lock

    /** Returns whether the grain was there. */
    synchronized boolean read(
        Loader wanted, long number, long located, int within, ByteBuffer dst, int n)
        throws IOException {
      boolean present = loader == wanted && grain == number;
      if (!present) {
        load(wanted, number, located);
      }
      memory.copyTo(dst, within, n);
      return present;
    }

    private void load(Loader wanted, long number, long located) throws IOException {
      int bytes = wanted.storedBytes(number);
      loader = null; // also if loading fails
      if (memory == null || memory.capacity() < bytes) {
        memory = new DirectMemory(bytes);
      }
      wanted.load(number, located, memory);
      loader = wanted;
      grain = number;
    }

    synchronized boolean readIfPresent(Loader wanted, long number, ByteBuffer dst, int n) {
      boolean present = loader == wanted && grain == number;
      if (present) {
        memory.copyTo(dst, 0, n);
      }
      return present;
    }

    synchronized void clear() {
      loader = null;
      memory = null;
    }
  }

  /**
   * @param budget approximate number of bytes to keep
   * @param counters for the reads
   */
  GrainCache(int budget, VmdkCounters counters) {
    this.budget = budget;
    this.counters = counters;
    for (int i = 0; i < MAX_SLOTS; i++) {
      slots[i] = new Slot();
    }
  }

  /** Puts {@code n} bytes of a grain at the buffer's position. Keeps the grain in the cache. */
  void read(Loader loader, long grain, long located, int within, ByteBuffer dst, int n)
      throws IOException {
    counters.grainRead(slot(loader, grain).read(loader, grain, located, within, dst, n));
  }

  /**
   * Puts the grain's first {@code n} bytes at the buffer's position if the grain is in the cache.
   * Otherwise the caller decompresses it.
   */
  boolean readIfPresent(Loader loader, long grain, ByteBuffer dst, int n) {
    boolean present = slot(loader, grain).readIfPresent(loader, grain, dst, n);
    counters.grainRead(present);
    return present;
  }

  private Slot slot(Loader loader, long grain) {
    long usable = Math.max(1, Math.min(MAX_SLOTS, budget / loader.grainBytes()));
    return slots[(int) Math.floorMod(grain + System.identityHashCode(loader), usable)];
  }

  void clear() {
    for (Slot slot : slots) {
      slot.clear();
    }
  }
}
