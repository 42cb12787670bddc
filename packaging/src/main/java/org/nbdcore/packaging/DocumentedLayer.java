package org.nbdcore.packaging;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.LayerProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.PluginProvider;

/**
 * A plugin or filter as its provider declares it.
 *
 * @param kind {@code plugin} or {@code filter}
 */
record DocumentedLayer(
    String kind,
    String name,
    String description,
    List<Parameter<?>> parameters,
    List<DebugFlag> flags,
    boolean acceptsAnyKey) {

  static final String PLUGIN = "plugin";
  static final String FILTER = "filter";

  /** All plugins on the class path, by name. */
  static List<DocumentedLayer> plugins() {
    return found(PluginProvider.class, PLUGIN);
  }

  /** All filters on the class path, by name. */
  static List<DocumentedLayer> filters() {
    return found(FilterProvider.class, FILTER);
  }

  private static List<DocumentedLayer> found(Class<? extends LayerProvider> service, String kind) {
    List<DocumentedLayer> layers = new ArrayList<>();
    for (LayerProvider each : ServiceLoader.load(service)) {
      layers.add(
          new DocumentedLayer(
              kind,
              each.name(),
              each.description(),
              each.parameters(),
              each.debugFlags(),
              each instanceof PluginProvider plugin && plugin.acceptsAnyKey()));
    }
    layers.sort(Comparator.comparing(DocumentedLayer::name));
    return layers;
  }

  /** Its name in the completion scripts. */
  String label() {
    return kind + ":" + name;
  }

  /** Its keys, each followed by an equals sign. */
  String keys() {
    return parameters.stream().map(each -> each.key() + "=").collect(Collectors.joining(" "));
  }

  boolean isPlugin() {
    return kind.equals(PLUGIN);
  }

  /** The name of the manual page. */
  String page() {
    return "nbd-core-" + name + "-" + kind;
  }
}
