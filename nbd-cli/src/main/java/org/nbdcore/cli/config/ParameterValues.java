package org.nbdcore.cli.config;

import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;

/** Converts the value of each parameter before a layer receives it. */
@FunctionalInterface
public interface ParameterValues {

  /** Does not change values. */
  ParameterValues UNCHANGED = (layer, parameter, value) -> value;

  /**
   * Returns the value for the layer.
   *
   * @param layer the name of the plugin or filter
   * @param parameter the declaration, or null if the plugin accepts any key
   * @throws ConfigException if the value is refused
   */
  String read(String layer, Parameter<?> parameter, String value) throws ConfigException;
}
