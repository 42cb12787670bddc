package org.nbdcore.spi;

import java.util.List;

/**
 * The description of a layer: what {@link PluginProvider} and {@link FilterProvider} have in
 * common. Implement one of these two.
 */
public interface LayerProvider {

  /**
   * The name, which matches {@code [A-Za-z0-9][A-Za-z0-9-]*}. Users write a plugin's name on the
   * command line, and a filter's name after {@code --filter=}.
   */
  String name();

  /** One line for {@code --help}, without a full stop. */
  String description();

  /**
   * The parameters that this layer accepts, in the order in which {@code --help} shows them. If a
   * filter declares a key, no layer below it receives that key, unless the filter is in the chain
   * more than once.
   */
  List<Parameter<?>> parameters();

  /** The flags that {@code -D name.flag=N} sets. Read their values with {@link Config#debug}. */
  default List<DebugFlag> debugFlags() {
    return List.of();
  }

  /** The version that {@code --dump-plugin} shows; by default the one in the jar's manifest. */
  default String version() {
    String version = getClass().getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }
}
