package org.nbdcore.spi;

/**
 * Receives what a layer has counted since its start. The server asks when someone reads its
 * metrics, so a layer only adds to numbers of its own, such as {@link
 * java.util.concurrent.atomic.LongAdder}.
 *
 * <p>The metrics show {@code hits} of the filter {@code cache} as {@code
 * nbd_filter_cache_hits_total}. A name consists of lower-case letters, digits and underscores, and
 * names the unit last, such as {@code call_seconds}. A value never decreases while the layer is
 * open.
 */
@Experimental
public interface CounterSink {

  /**
   * Reports a counter.
   *
   * @param name the same each time
   * @param help what it counts, in one sentence
   */
  default void counter(String name, String help, double value) {
    counter(name, help, "", "", value);
  }

  /**
   * Reports one part of a counter, such as that of one function.
   *
   * @param label what distinguishes the parts, such as {@code call}; the same for all of them
   * @param labelValue which part
   */
  void counter(String name, String help, String label, String labelValue, double value);

  /**
   * Returns a sink for what all layers of this name in the process share, such as a library. The
   * metrics show it once, without the name of an export.
   */
  default CounterSink ofProcess() {
    return this;
  }
}
