package org.nbdcore.chain;

import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.DumpSink;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.LayerConfig;
import org.nbdcore.spi.LayerProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.ThreadModel;

/**
 * Providers of third-party jars, each called with the jar's class loader, as is all that they make.
 */
final class ThirdPartyProviders {

  /** Wraps a provider of a jar. */
  interface Provider {
    /** The provider itself. */
    Object original();
  }

  private ThirdPartyProviders() {}

  static PluginProvider plugin(PluginProvider provider) {
    return new ForeignPluginProvider(provider, loader(provider));
  }

  static FilterProvider filter(FilterProvider provider) {
    return new ForeignFilterProvider(provider, loader(provider));
  }

  private static ContextClassLoaders loader(Object provider) {
    return new ContextClassLoaders(provider.getClass().getClassLoader());
  }

  /** The device with the jar's class loader; ours that only changes what is offered needs none. */
  static BlockDevice device(BlockDevice device, ContextClassLoaders loader) {
    return device == null || device instanceof CapabilityDevice
        ? device
        : new ThirdPartyDevice(device, loader);
  }

  /** What the providers of plugins and filters have in common. */
  private abstract static class ForeignProvider<P extends LayerProvider>
      implements LayerProvider, Provider {

    final P original;
    final ContextClassLoaders loader;

    ForeignProvider(P original, ContextClassLoaders loader) {
      this.original = original;
      this.loader = loader;
    }

    @Override
    public Object original() {
      return original;
    }

    @Override
    public String name() {
      return loader.during(original::name);
    }

    @Override
    public String description() {
      return loader.during(original::description);
    }

    @Override
    public List<Parameter<?>> parameters() {
      return loader.during(original::parameters);
    }

    @Override
    public List<DebugFlag> debugFlags() {
      return loader.during(original::debugFlags);
    }

    @Override
    public String version() {
      return loader.during(original::version);
    }
  }

  private static final class ForeignPluginProvider extends ForeignProvider<PluginProvider>
      implements PluginProvider {

    ForeignPluginProvider(PluginProvider original, ContextClassLoaders loader) {
      super(original, loader);
    }

    @Override
    public boolean acceptsAnyKey() {
      return loader.during(original::acceptsAnyKey);
    }

    @Override
    public ThreadModel threadModel() {
      return loader.during(original::threadModel);
    }

    @Override
    public void dump(Config config, DumpSink out) {
      loader.run(() -> original.dump(config, out));
    }

    @Override
    public Plugin create(Config config) throws ConfigException {
      Plugin plugin = loader.<Plugin, ConfigException>during(() -> original.create(config));
      if (plugin == null) {
        throw new ConfigException(ChainBuilder.MADE_NOTHING);
      }
      return new ThirdPartyPlugin(plugin, loader);
    }
  }

  private static final class ForeignFilterProvider extends ForeignProvider<FilterProvider>
      implements FilterProvider {

    ForeignFilterProvider(FilterProvider original, ContextClassLoaders loader) {
      super(original, loader);
    }

    @Override
    public void dump(DumpSink out) {
      loader.run(() -> original.dump(out));
    }

    @Override
    public void configureBelow(Config config, List<LayerConfig> layers) throws ConfigException {
      loader.run(() -> original.configureBelow(config, layers));
    }

    @Override
    public Filter create(Config config) throws ConfigException {
      Filter filter = loader.<Filter, ConfigException>during(() -> original.create(config));
      if (filter == null) {
        throw new ConfigException(ChainBuilder.MADE_NOTHING);
      }
      return new ThirdPartyFilter(filter, loader);
    }
  }
}
