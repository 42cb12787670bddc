package org.nbdcore.plugin.synthetic;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code random}: noise, which may be written only where it is already. */
public final class RandomProvider implements PluginProvider {

  @Override
  public String name() {
    return "random";
  }

  @Override
  public String description() {
    return "A disk of random bytes, which accepts only writes of the same bytes";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SyntheticParameters.SIZE, SyntheticParameters.SEED);
  }

  @Override
  public Plugin create(Config config) {
    long size = config.get(SyntheticParameters.SIZE);
    long seed = SyntheticParameters.seed(config);
    return new ComputedPlugin(
        new RandomDevice(size, seed, RandomDevice.WRITING),
        new RandomDevice(size, seed, RandomDevice.READING));
  }
}
