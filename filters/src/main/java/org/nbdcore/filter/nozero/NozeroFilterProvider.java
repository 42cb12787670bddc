package org.nbdcore.filter.nozero;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=nozero}. */
public final class NozeroFilterProvider implements FilterProvider {

  private static final Parameter<ZeroMode> ZERO_MODE =
      Parameter.choice(
              "zero-mode",
              ZeroMode.class,
              "How to handle zero requests: do not offer them, write zeroes as data, forward "
                  + "them without permission to create holes, or forward them.")
          .alias("zeromode")
          .defaultValue(ZeroMode.NONE);

  private static final Parameter<FastZeroMode> FAST_ZERO_MODE =
      Parameter.choice(
              "fast-zero-mode",
              FastZeroMode.class,
              "How to handle fast zeroes: do not offer them, refuse them at once, execute them "
                  + "like any other zero (unsafe), or follow zero-mode.")
          .alias("fastzeromode")
          .defaultValue(FastZeroMode.DEFAULT);

  @Override
  public String name() {
    return "nozero";
  }

  @Override
  public String description() {
    return "refuse or emulate zero requests";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(ZERO_MODE, FAST_ZERO_MODE);
  }

  @Override
  public Filter create(Config config) {
    return new NozeroFilter(config.get(ZERO_MODE), config.get(FAST_ZERO_MODE));
  }
}
