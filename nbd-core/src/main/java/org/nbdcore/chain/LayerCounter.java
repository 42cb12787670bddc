package org.nbdcore.chain;

import java.util.List;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Experimental;

/**
 * The current value of a counter of one layer; see {@link CounterSink}.
 *
 * @param plugin true for the plugin, false for a filter
 * @param layer the name of the plugin or filter
 * @param process true if all layers of this name in the process share the counter
 * @param name of the counter, without the name of the layer
 * @param help what it counts
 * @param label what distinguishes the parts of this counter; empty if there are none
 * @param labelValue which part this is; empty if there are none
 * @param value the sum since the start
 */
@Experimental
public record LayerCounter(
    boolean plugin,
    String layer,
    boolean process,
    String name,
    String help,
    String label,
    String labelValue,
    double value) {

  /** Adds the counters of a layer to a list. */
  record Collector(Layer layer, boolean process, List<LayerCounter> all) implements CounterSink {

    Collector(Layer layer, List<LayerCounter> all) {
      this(layer, false, all);
    }

    @Override
    public void counter(String name, String help, String label, String labelValue, double value) {
      all.add(
          new LayerCounter(
              layer.isPlugin(), layer.name(), process, name, help, label, labelValue, value));
    }

    @Override
    public CounterSink ofProcess() {
      return new Collector(layer, true, all);
    }
  }
}
