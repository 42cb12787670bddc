package org.nbdcore.spi;

import java.util.List;

/**
 * What {@link PluginProvider} and {@link FilterProvider} have in common: how a layer is described.
 * Implement one of these two.
 */
public interface LayerProvider {

  /**
   * The name, matching {@code [A-Za-z0-9][A-Za-z0-9-]*}: a plugin's on the command line, a filter's
   * after {@code --filter=}.
   */
  String name();

  /** One line for {@code --help}, without a full stop. */
  String description();

  /**
   * The keys that this layer takes, in the order in which {@code --help} shows them. A key that a
   * filter declares never reaches a layer further from the client, unless this filter is in the
   * chain more than once.
   */
  List<Parameter<?>> parameters();

  /** Flags that {@code -D name.flag=N} sets; read them from the {@link Config}. */
  default List<DebugFlag> debugFlags() {
    return List.of();
  }

  /** The version that {@code --dump-plugin} shows; by default the one in the jar's manifest. */
  default String version() {
    String version = getClass().getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }
}
