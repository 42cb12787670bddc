package org.nbdcore.plugin.vmdk;

import org.nbdcore.spi.CounterSink;
import org.nbdcore.vmdk.VmdkCounters;

/** Reports the counters of the disks of a layer. */
public final class GrainCounts {

  private GrainCounts() {}

  /** Reports how well the memory for decompressed grains served reads. */
  public static void report(VmdkCounters counters, CounterSink sink) {
    sink.counter(
        "grain_hits",
        "Reads of compressed grains that were already decompressed.",
        counters.grainHits());
    sink.counter(
        "grain_misses",
        "Reads of compressed grains that had to be decompressed.",
        counters.grainMisses());
  }
}
