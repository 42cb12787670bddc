package org.nbdcore.cli.config;

import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.LayerProvider;
import org.nbdcore.spi.Parameter;

/**
 * The declared parameters of one plugin or one copy of a filter, and the values assigned so far.
 */
final class LayerParameters {

  private final String name;
  private final List<Parameter<?>> parameters;
  private final List<DebugFlag> debugFlags;
  private final ParameterValues values;
  private final Config.Builder builder;

  LayerParameters(LayerProvider provider, ParameterValues values) {
    this.name = provider.name();
    this.parameters = provider.parameters();
    this.debugFlags = provider.debugFlags();
    this.values = values;
    this.builder = Config.builder(parameters);
  }

  String name() {
    return name;
  }

  boolean declares(String key) {
    return declared(key) != null;
  }

  private Parameter<?> declared(String key) {
    for (Parameter<?> parameter : parameters) {
      if (parameter.hasKey(key)) {
        return parameter;
      }
    }
    return null;
  }

  boolean hasDebugFlag(String flag) {
    return debugFlags.stream().anyMatch(known -> known.name().equals(flag));
  }

  Optional<Parameter<?>> magic() {
    for (Parameter<?> parameter : parameters) {
      if (parameter.isMagic()) {
        return Optional.of(parameter);
      }
    }
    return Optional.empty();
  }

  List<String> keys() {
    return parameters.stream().<String>map(Parameter::key).toList();
  }

  void put(String key, String value) throws ConfigException {
    builder.put(key, values.read(name, declared(key), value));
  }

  void debug(String flag, int value) {
    builder.debug(flag, value);
  }

  /** Parses the values. Reports errors with the name of the layer. */
  Config build() throws ConfigException {
    try {
      return builder.buildPartial();
    } catch (ConfigException e) {
      throw new ConfigException(name + ": " + e.getMessage(), e);
    }
  }
}
