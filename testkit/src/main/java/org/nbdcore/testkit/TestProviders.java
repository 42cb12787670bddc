package org.nbdcore.testkit;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Experimental;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/**
 * Providers of plugins and filters for tests. Use {@link #plugin} and {@link #filter} for providers
 * without parameters. Extend {@link OfPlugin} or {@link OfFilter} to override more methods.
 */
@Experimental
public final class TestProviders {

  /** Makes a plugin or filter. */
  public interface Maker<T> {
    T make() throws ConfigException;
  }

  /** Makes a plugin or filter from its configuration. */
  public interface ConfiguredMaker<T> {
    T make(Config config) throws ConfigException;
  }

  /** A provider of plugins whose {@code create} calls a maker. */
  public static class OfPlugin implements PluginProvider {

    private final String name;
    private final List<Parameter<?>> parameters;
    private final ConfiguredMaker<? extends Plugin> maker;

    /** Creates a provider with these parameters. */
    public OfPlugin(
        String name, List<Parameter<?>> parameters, ConfiguredMaker<? extends Plugin> maker) {
      this.name = name;
      this.parameters = List.copyOf(parameters);
      this.maker = maker;
    }

    @Override
    public final String name() {
      return name;
    }

    @Override
    public final String description() {
      return "a plugin of a test";
    }

    @Override
    public final List<Parameter<?>> parameters() {
      return parameters;
    }

    @Override
    public final Plugin create(Config config) throws ConfigException {
      return maker.make(config);
    }
  }

  /** A provider of filters whose {@code create} calls a maker. */
  public static class OfFilter implements FilterProvider {

    private final String name;
    private final List<Parameter<?>> parameters;
    private final ConfiguredMaker<? extends Filter> maker;

    /** Creates a provider with these parameters. */
    public OfFilter(
        String name, List<Parameter<?>> parameters, ConfiguredMaker<? extends Filter> maker) {
      this.name = name;
      this.parameters = List.copyOf(parameters);
      this.maker = maker;
    }

    @Override
    public final String name() {
      return name;
    }

    @Override
    public final String description() {
      return "a filter of a test";
    }

    @Override
    public final List<Parameter<?>> parameters() {
      return parameters;
    }

    @Override
    public final Filter create(Config config) throws ConfigException {
      return maker.make(config);
    }
  }

  private TestProviders() {}

  /** A provider without parameters whose {@code create} calls the maker. */
  public static PluginProvider plugin(String name, Maker<? extends Plugin> maker) {
    return new OfPlugin(name, List.of(), config -> maker.make());
  }

  /** A provider without parameters whose {@code create} calls the maker. */
  public static FilterProvider filter(String name, Maker<? extends Filter> maker) {
    return new OfFilter(name, List.of(), config -> maker.make());
  }
}
