package org.nbdcore.packaging;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.PluginProvider;

/**
 * A plugin or filter as its provider declares it.
 *
 * @param kind {@code plugin} or {@code filter}
 */
record Layer(
    String kind,
    String name,
    String description,
    List<Parameter<?>> parameters,
    List<DebugFlag> flags,
    boolean acceptsAnyKey) {

  static final String PLUGIN = "plugin";
  static final String FILTER = "filter";

  /** All plugins on the class path, by name. */
  static List<Layer> plugins() {
    List<Layer> layers = new ArrayList<>();
    for (PluginProvider each : ServiceLoader.load(PluginProvider.class)) {
      layers.add(
          new Layer(
              PLUGIN,
              each.name(),
              each.description(),
              each.parameters(),
              each.debugFlags(),
              each.acceptsAnyKey()));
    }
    layers.sort(Comparator.comparing(Layer::name));
    return layers;
  }

  /** All filters on the class path, by name. */
  static List<Layer> filters() {
    List<Layer> layers = new ArrayList<>();
    for (FilterProvider each : ServiceLoader.load(FilterProvider.class)) {
      layers.add(
          new Layer(
              FILTER,
              each.name(),
              each.description(),
              each.parameters(),
              each.debugFlags(),
              false));
    }
    layers.sort(Comparator.comparing(Layer::name));
    return layers;
  }

  boolean isPlugin() {
    return kind.equals(PLUGIN);
  }

  /** The name of the manual page. */
  String page() {
    return "nbd-core-" + name + "-" + kind;
  }
}
