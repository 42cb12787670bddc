package org.nbdcore.spi;

import java.util.List;

/**
 * The service type of filters: a stateless description that creates configured filters. The rules
 * are those of {@link PluginProvider}; the file is {@code
 * META-INF/services/org.nbdcore.spi.FilterProvider}.
 */
public interface FilterProvider {

  /** The name after {@code --filter=}, matching {@code [a-z0-9][a-z0-9-]*}. */
  String name();

  /** One line for {@code --help}, without a full stop. */
  String description();

  /**
   * The parameters of this filter. A declared key never reaches a layer further from the client,
   * unless this filter is in the chain more than once.
   */
  List<Parameter<?>> parameters();

  /** Flags that {@code -D name.flag=N} sets; read them from the {@link Config}. */
  default List<DebugFlag> debugFlags() {
    return List.of();
  }

  /** Adds lines to {@code --dump-plugin}, whose keys begin with the filter's name. */
  default void dump(DumpSink out) {}

  /** The version that {@code --dump-plugin} shows; by default the one in the jar's manifest. */
  default String version() {
    String version = getClass().getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  /**
   * Reads or changes the parameters of the layers below, before any of them is created. Called
   * before {@link #create}, for the filter nearest the client first. A parameter that such a layer
   * requires may still be missing: this filter may supply it.
   *
   * @param config this filter's own configuration
   * @param layers the layers below, the nearest first and the plugin last
   * @throws ConfigException naming the parameter, its value and what was expected
   */
  default void configureBelow(Config config, List<LayerConfig> layers) throws ConfigException {}

  /**
   * Creates a filter. Do not start a thread or open a disk here.
   *
   * @throws ConfigException naming the parameter, its value and what was expected
   */
  Filter create(Config config) throws ConfigException;
}
