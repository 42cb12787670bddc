package org.nbdcore.filter.evil;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.nbdcore.filter.common.Probability;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=evil}. */
public final class EvilFilterProvider implements FilterProvider {

  private static final Parameter<EvilMode> MODE =
      Parameter.choice(
              "evil",
              EvilMode.class,
              "Whether bits flip at random, are stuck on the disk, or are stuck in every reply.")
          .alias("evil-mode")
          .defaultValue(EvilMode.STUCK_BITS);

  private static final Parameter<Double> PROBABILITY =
      Probability.parameter(
          "evil-probability",
          "Probability that a bit is affected; by default 1e-8, or 1e-6 for stuck-wires.");

  private static final Parameter<Double> STUCK_PROBABILITY =
      Probability.parameter(
              "evil-stuck-probability", "Probability that a stuck bit reads as its stuck value.")
          .defaultValue(1.0);

  private static final Parameter<Long> SEED =
      Parameter.integer(
          "evil-seed",
          Long.MIN_VALUE,
          Long.MAX_VALUE,
          "Seed for repeatable runs; random by default.");

  @Override
  public String name() {
    return "evil";
  }

  @Override
  public String description() {
    return "corrupt the data of reads";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MODE, PROBABILITY, STUCK_PROBABILITY, SEED);
  }

  @Override
  public Filter create(Config config) {
    EvilMode mode = config.get(MODE);
    double probability =
        config.find(PROBABILITY).orElse(mode == EvilMode.STUCK_WIRES ? 1e-6 : 1e-8);
    long seed = config.find(SEED).orElseGet(() -> ThreadLocalRandom.current().nextLong());
    return new EvilFilter(mode, new BitFlipper(probability, config.get(STUCK_PROBABILITY), seed));
  }
}
