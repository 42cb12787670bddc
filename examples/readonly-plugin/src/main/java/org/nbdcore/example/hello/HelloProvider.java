package org.nbdcore.example.hello;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Declares {@code hello}. A file in META-INF/services names this class. */
public final class HelloProvider implements PluginProvider {

  @Override
  public String name() {
    return "hello";
  }

  @Override
  public String description() {
    return "Example: a read-only disk that contains a greeting";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Plugin create(Config config) {
    return request -> new HelloDevice();
  }
}
