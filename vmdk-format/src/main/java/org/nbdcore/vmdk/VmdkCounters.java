package org.nbdcore.vmdk;

import java.util.concurrent.atomic.LongAdder;

/**
 * Hits and misses of the cache of decompressed grains, of all disks that were opened with this
 * object; see {@link VmdkOptions#withCounters}. Thread-safe.
 */
public final class VmdkCounters {

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  void grainRead(boolean kept) {
    (kept ? hits : misses).increment();
  }

  /**
   * Returns the number of reads of a compressed grain, or a part of one, that found it decompressed
   * in the cache.
   */
  public long grainHits() {
    return hits.sum();
  }

  /** Returns the number of such reads that had to decompress the grain. */
  public long grainMisses() {
    return misses.sum();
  }
}
