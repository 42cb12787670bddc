package org.nbdcore.vmdk;

import java.util.concurrent.atomic.LongAdder;

/**
 * How well the memory for decompressed grains served the reads of disks that were opened with it;
 * see {@link VmdkOptions#withCounters}. Thread-safe.
 */
public final class VmdkCounters {

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  void grainRead(boolean kept) {
    (kept ? hits : misses).increment();
  }

  /** Returns how often a read of a compressed grain, or a part of one, found it decompressed. */
  public long grainHits() {
    return hits.sum();
  }

  /** Returns how often such a read had to decompress the grain. */
  public long grainMisses() {
    return misses.sum();
  }
}
