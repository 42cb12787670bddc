package org.nbdcore.spi;

import java.util.List;

/**
 * The service type of filters: a stateless description that creates configured filters. The rules
 * are those of {@link PluginProvider}; the file is {@code
 * META-INF/services/org.nbdcore.spi.FilterProvider}.
 */
public interface FilterProvider extends LayerProvider {

  /** Adds lines to {@code --dump-plugin}. Their keys should begin with the filter's name. */
  default void dump(DumpSink out) {}

  /**
   * Reads or changes the parameters of the layers below. The server calls this before it creates
   * any layer, for the filter nearest the client first. A required parameter of those layers may
   * still be missing; this filter may supply it.
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
