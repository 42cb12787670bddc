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

/** Providers of plugins and filters for tests, without parameters. */
@Experimental
public final class TestProviders {

  /** Makes a plugin or filter. */
  public interface Maker<T> {
    T make() throws ConfigException;
  }

  private TestProviders() {}

  /** A provider whose {@code create} calls the maker. */
  public static PluginProvider plugin(String name, Maker<? extends Plugin> maker) {
    return new PluginProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String description() {
        return "a plugin of a test";
      }

      @Override
      public List<Parameter<?>> parameters() {
        return List.of();
      }

      @Override
      public Plugin create(Config config) throws ConfigException {
        return maker.make();
      }
    };
  }

  /** A provider whose {@code create} calls the maker. */
  public static FilterProvider filter(String name, Maker<? extends Filter> maker) {
    return new FilterProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String description() {
        return "a filter of a test";
      }

      @Override
      public List<Parameter<?>> parameters() {
        return List.of();
      }

      @Override
      public Filter create(Config config) throws ConfigException {
        return maker.make();
      }
    };
  }
}
