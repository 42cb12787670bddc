package org.nbdcore.chain;

import java.util.List;
import org.nbdcore.spi.CounterSink;
import org.nbdcore.spi.Experimental;

/**
 * A counter of one layer of a chain, at the time of the question; see {@link CounterSink}.
 *
 * @param plugin true for the plugin, false for a filter
 * @param layer the name of the plugin or filter
 * @param process true if all layers of this name in the process share the counter
 * @param name of the counter, without the layer's
 * @param help what it counts
 * @param label what distinguishes the parts of this counter, or empty
 * @param labelValue which part this is, or empty
 * @param value how many
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
