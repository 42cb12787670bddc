package org.nbdcore.plugin.synthetic;

import java.util.List;
import java.util.function.LongUnaryOperator;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code random}: random data. Writes must contain the same data. */
public final class RandomProvider implements PluginProvider {

  static final Parameter<Boolean> FAST =
      Parameter.bool(
              "fast", "Whether to repeat one random sector with variations, which is faster.")
          .defaultValue(false);

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
    return List.of(SyntheticParameters.SIZE, SyntheticParameters.SEED, FAST);
  }

  @Override
  public Plugin create(Config config) {
    long size = config.get(SyntheticParameters.SIZE);
    long seed = SyntheticParameters.seed(config);
    LongUnaryOperator words =
        config.get(FAST) ? RandomDevice.repeated(seed) : RandomDevice.scattered(seed);
    return new ComputedPlugin(
        new RandomDevice(size, words, RandomDevice.WRITING),
        new RandomDevice(size, words, RandomDevice.READING));
  }
}
