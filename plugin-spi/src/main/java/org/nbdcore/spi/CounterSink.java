package org.nbdcore.spi;

/**
 * Receives the counters of a layer since its start. The server queries them when someone reads its
 * metrics. So a layer only increments counters of its own, such as {@link
 * java.util.concurrent.atomic.LongAdder}.
 *
 * <p>For example, the metrics show the counter {@code hits} of the filter {@code cache} as {@code
 * nbd_filter_cache_hits_total}. A name consists of lower-case letters, digits and underscores. If
 * the counter has a unit, the name ends with it, such as {@code call_seconds}. A value never
 * decreases while the layer is open.
 */
@Experimental
public interface CounterSink {

  /**
   * Reports a counter.
   *
   * @param name the same at each call
   * @param help what it counts, in one sentence
   */
  default void counter(String name, String help, double value) {
    counter(name, help, "", "", value);
  }

  /**
   * Reports one part of a counter that has several, such as one for each function.
   *
   * @param label what distinguishes the parts, such as {@code call}; the same for all of them
   * @param labelValue which part
   */
  void counter(String name, String help, String label, String labelValue, double value);

  /**
   * Returns a sink for counters that belong to the whole process, such as those of a library. All
   * layers of this name share them. The metrics show them once, without the name of an export.
   */
  default CounterSink ofProcess() {
    return this;
  }
}
