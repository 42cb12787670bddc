package org.nbdcore.chain;

import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.LayerConfig;
import org.nbdcore.spi.LayerProvider;
import org.nbdcore.spi.NameSuggestions;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.PluginProvider;

/** A layer that has not been created: its provider and its configuration so far. */
final class LayerSpec implements LayerConfig {

  private final String name;
  private final List<Parameter<?>> declared;
  private final boolean anyKey;
  private Config config;

  private LayerSpec(String name, List<Parameter<?>> declared, boolean anyKey, Config config) {
    this.name = name;
    this.declared = declared;
    this.anyKey = anyKey;
    this.config = config;
  }

  static LayerSpec of(LayerProvider provider, Config config) {
    boolean anyKey = provider instanceof PluginProvider plugin && plugin.acceptsAnyKey();
    return new LayerSpec(provider.name(), provider.parameters(), anyKey, config);
  }

  Config config() {
    return config;
  }

  /**
   * Checks that no key is unknown and that no required key is missing. The command line has already
   * checked its keys, but the keys of an embedding program may be mistyped.
   */
  void check() throws ConfigException {
    for (Config.Entry entry : config.entries()) {
      checkKnown(entry.key());
    }
    try {
      config.checkComplete(declared);
    } catch (ConfigException e) {
      throw new ConfigException(name + ": " + e.getMessage(), e);
    }
  }

  private void checkKnown(String key) throws ConfigException {
    if (!accepts(key)) {
      List<String> keys = declared.stream().<String>map(Parameter::key).toList();
      throw new ConfigException(
          "unknown key '" + key + "' for " + name + NameSuggestions.hint(key, keys));
    }
  }

  private Optional<Parameter<?>> parameter(String key) {
    for (Parameter<?> parameter : declared) {
      if (parameter.hasKey(key)) {
        return Optional.of(parameter);
      }
    }
    return Optional.empty();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean accepts(String key) {
    return anyKey || parameter(key).isPresent();
  }

  @Override
  public List<Config.Entry> entries() {
    return config.entries();
  }

  @Override
  public void add(String key, String value) throws ConfigException {
    checkKnown(key);
    Optional<Parameter<?>> parameter = parameter(key);
    config = parameter.isPresent() ? config.with(parameter.get(), value) : config.with(key, value);
  }

  @Override
  public void remove(String key) {
    config = config.without(key);
  }
}
