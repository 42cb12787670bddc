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

  /** A provider whose {@code create} calls a maker. */
  private abstract static class Configured<T> {

    private final String name;
    private final List<Parameter<?>> parameters;
    private final ConfiguredMaker<? extends T> maker;

    Configured(String name, List<Parameter<?>> parameters, ConfiguredMaker<? extends T> maker) {
      this.name = name;
      this.parameters = List.copyOf(parameters);
      this.maker = maker;
    }

    public final String name() {
      return name;
    }

    public final String description() {
      return "for a test";
    }

    public final List<Parameter<?>> parameters() {
      return parameters;
    }

    public final T create(Config config) throws ConfigException {
      return maker.make(config);
    }
  }

  /** A provider of plugins whose {@code create} calls a maker. */
  public static class OfPlugin extends Configured<Plugin> implements PluginProvider {

    /** Creates a provider with these parameters. */
    public OfPlugin(
        String name, List<Parameter<?>> parameters, ConfiguredMaker<? extends Plugin> maker) {
      super(name, parameters, maker);
    }
  }

  /** A provider of filters whose {@code create} calls a maker. */
  public static class OfFilter extends Configured<Filter> implements FilterProvider {

    /** Creates a provider with these parameters. */
    public OfFilter(
        String name, List<Parameter<?>> parameters, ConfiguredMaker<? extends Filter> maker) {
      super(name, parameters, maker);
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
