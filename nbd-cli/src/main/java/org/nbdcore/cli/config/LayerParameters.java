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
  private final Config.Builder builder;

  LayerParameters(LayerProvider provider) {
    this.name = provider.name();
    this.parameters = provider.parameters();
    this.debugFlags = provider.debugFlags();
    this.builder = Config.builder(parameters);
  }

  String name() {
    return name;
  }

  boolean declares(String key) {
    for (Parameter<?> parameter : parameters) {
      if (parameter.hasKey(key)) {
        return true;
      }
    }
    return false;
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

  void put(String key, String value) {
    builder.put(key, value);
  }

  void debug(String flag, int value) {
    builder.debug(flag, value);
  }

  /** Parses what was given; what cannot be read is reported under the layer's name. */
  Config build() throws ConfigException {
    try {
      return builder.buildPartial();
    } catch (ConfigException e) {
      throw new ConfigException(name + ": " + e.getMessage(), e);
    }
  }
}
