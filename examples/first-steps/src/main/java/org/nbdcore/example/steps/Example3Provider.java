package org.nbdcore.example.steps;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Declares {@code example3}. */
public final class Example3Provider implements PluginProvider {

  static final Parameter<Long> SIZE =
      Parameter.size("size", "The size of each client's disk.").defaultValue(100L << 20);

  @Override
  public String name() {
    return "example3";
  }

  @Override
  public String description() {
    return "Example: a temporary disk for each client";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SIZE);
  }

  @Override
  public Plugin create(Config config) {
    long size = config.get(SIZE);
    return request -> Example3Device.open(size);
  }
}
