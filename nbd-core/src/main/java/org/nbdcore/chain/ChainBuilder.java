package org.nbdcore.chain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/**
 * Puts a chain together; the command line and programs that embed the server use it alike:
 *
 * <pre>{@code
 * Chain chain = Chain.builder()
 *     .filter(new BlocksizeProvider(), blocksizeConfig)   // nearest the client
 *     .plugin(new MemoryProvider(), memoryConfig)
 *     .build();
 * try (NbdServer server = NbdServer.start(chain, options)) { … }
 * }</pre>
 */
public final class ChainBuilder {

  private record FilterSpec(FilterProvider provider, Config config) {}

  private final List<FilterSpec> filters = new ArrayList<>();
  private PluginProvider pluginProvider;
  private Config pluginConfig;
  private Trace trace = Trace.NONE;

  ChainBuilder() {}

  /** Adds a filter further from the client than those added before. */
  public ChainBuilder filter(FilterProvider provider, Config config) {
    filters.add(new FilterSpec(provider, config));
    return this;
  }

  /** Sets the plugin, whose place is below all filters wherever it is named. */
  public ChainBuilder plugin(PluginProvider provider, Config config) {
    pluginProvider = provider;
    pluginConfig = config;
    return this;
  }

  /** Has calls shown as debug messages; without this none is. */
  public ChainBuilder trace(Trace shown) {
    trace = shown;
    return this;
  }

  /**
   * Makes the plugin and the filters.
   *
   * @return a chain that is not started; its caller closes it
   * @throws ConfigException if one refuses its configuration, naming it; those made before are
   *     closed
   * @throws IllegalStateException if no plugin was set
   */
  public Chain build() throws ConfigException {
    if (pluginProvider == null) {
      throw new IllegalStateException("a chain needs a plugin");
    }
    List<Layer> layers = new ArrayList<>();
    try {
      layers.add(pluginLayer());
      for (int i = filters.size() - 1; i >= 0; i--) {
        layers.add(filterLayer(filters.get(i), layers.get(layers.size() - 1)));
      }
      return new Chain(layers);
    } catch (ConfigException | RuntimeException | Error e) {
      for (int i = layers.size() - 1; i >= 0; i--) {
        try {
          layers.get(i).close();
        } catch (IOException second) {
          e.addSuppressed(second);
        }
      }
      throw e;
    }
  }

  /**
   * The command line has already assigned its keys to layers; the keys of a program may be
   * mistyped.
   */
  private static void checkKeys(String name, List<Parameter<?>> declared, Config config)
      throws ConfigException {
    for (Config.Entry entry : config.entries()) {
      if (declared.stream().noneMatch(parameter -> parameter.key().equals(entry.key()))) {
        List<String> keys = declared.stream().<String>map(Parameter::key).toList();
        throw new ConfigException(
            "unknown key '"
                + entry.key()
                + "' for "
                + name
                + (keys.isEmpty()
                    ? ", which takes none"
                    : "; valid are " + String.join(", ", keys)));
      }
    }
  }

  private Layer pluginLayer() throws ConfigException {
    String name = pluginProvider.name();
    if (!pluginProvider.acceptsAnyKey()) {
      checkKeys(name, pluginProvider.parameters(), pluginConfig);
    }
    try {
      Plugin plugin = pluginProvider.create(pluginConfig);
      if (plugin == null) {
        throw new ConfigException("its provider made nothing");
      }
      return Layer.of(name, plugin, trace);
    } catch (ConfigException | RuntimeException | LinkageError e) {
      throw new ConfigException(name + ": " + LoadError.within(name, e), e);
    }
  }

  private Layer filterLayer(FilterSpec spec, Layer next) throws ConfigException {
    String name = spec.provider().name();
    checkKeys(name, spec.provider().parameters(), spec.config());
    try {
      Filter filter = spec.provider().create(spec.config());
      if (filter == null) {
        throw new ConfigException("its provider made nothing");
      }
      return Layer.of(name, filter, next, trace);
    } catch (ConfigException | RuntimeException | LinkageError e) {
      throw new ConfigException(name + ": " + LoadError.within(name, e), e);
    }
  }
}
