package org.nbdcore.example.steps;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Declares {@code example1}. A file in META-INF/services names this class. */
public final class Example1Provider implements PluginProvider {

  @Override
  public String name() {
    return "example1";
  }

  @Override
  public String description() {
    return "Example: a read-only disk with one empty partition";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Plugin create(Config config) {
    return request -> new Example1Device();
  }
}
