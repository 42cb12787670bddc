package org.nbdcore.chain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.LayerConfig;
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

  /** Reason for a provider that returns null. */
  static final String MADE_NOTHING = "its provider made nothing";

  private record FilterSpec(FilterProvider provider, Config config) {}

  private final List<FilterSpec> filters = new ArrayList<>();
  private @Nullable PluginProvider pluginProvider;
  private @Nullable Config pluginConfig;
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
    PluginProvider plugin = pluginProvider;
    Config config = pluginConfig;
    if (plugin == null || config == null) {
      throw new IllegalStateException("a chain needs a plugin");
    }
    List<LayerSpec> specs = configure(LayerSpec.of(plugin, config));
    List<Layer> layers = new ArrayList<>();
    try {
      layers.add(pluginLayer(plugin, specs.get(filters.size())));
      for (int i = filters.size() - 1; i >= 0; i--) {
        FilterProvider provider = filters.get(i).provider();
        layers.add(filterLayer(provider, specs.get(i), layers.get(layers.size() - 1)));
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

  /** What each layer is to be made from, the filter nearest the client first. */
  private List<LayerSpec> configure(LayerSpec plugin) throws ConfigException {
    List<LayerSpec> specs = new ArrayList<>();
    for (FilterSpec filter : filters) {
      specs.add(LayerSpec.of(filter.provider(), filter.config()));
    }
    specs.add(plugin);
    for (int i = 0; i < filters.size(); i++) {
      LayerSpec spec = specs.get(i);
      spec.check();
      List<LayerConfig> below = List.copyOf(specs.subList(i + 1, specs.size()));
      try {
        filters.get(i).provider().configureBelow(spec.config(), below);
      } catch (ConfigException | RuntimeException | LinkageError e) {
        throw failure(spec.name(), e);
      }
    }
    specs.get(filters.size()).check();
    return specs;
  }

  private static ConfigException failure(String layer, Throwable e) {
    return new ConfigException(layer + ": " + LoadError.within(layer, e), e);
  }

  private Layer pluginLayer(PluginProvider provider, LayerSpec spec) throws ConfigException {
    try {
      Plugin plugin = provider.create(spec.config());
      if (plugin == null) {
        throw new ConfigException(MADE_NOTHING);
      }
      return Layer.of(spec.name(), plugin, trace);
    } catch (ConfigException | RuntimeException | LinkageError e) {
      throw failure(spec.name(), e);
    }
  }

  private Layer filterLayer(FilterProvider provider, LayerSpec spec, Layer next)
      throws ConfigException {
    try {
      Filter filter = provider.create(spec.config());
      if (filter == null) {
        throw new ConfigException(MADE_NOTHING);
      }
      return Layer.of(spec.name(), filter, next, trace);
    } catch (ConfigException | RuntimeException | LinkageError e) {
      throw failure(spec.name(), e);
    }
  }
}
