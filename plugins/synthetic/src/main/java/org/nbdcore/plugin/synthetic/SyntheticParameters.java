package org.nbdcore.plugin.synthetic;

import java.util.UUID;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;

/** Parameters that several of these plugins share. */
final class SyntheticParameters {

  static final Parameter<Long> SIZE =
      Parameter.size("size", "The size of the disk.").required().magic();

  static final Parameter<Long> SEED =
      Parameter.integer(
          "seed", 0, Long.MAX_VALUE, "Seed of the contents; without one they differ each time.");

  private SyntheticParameters() {}

  /** The user's seed, or a random one. */
  static long seed(Config config) {
    return config.find(SEED).orElseGet(() -> UUID.randomUUID().getLeastSignificantBits());
  }
}
