package org.nbdcore.filter.nozero;

import java.util.List;
import java.util.Locale;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=nozero}. */
public final class NozeroFilterProvider implements FilterProvider {

  private static final Parameter<ZeroMode> ZERO_MODE =
      Parameter.choice(
              "zeromode",
              List.of("none", "emulate", "notrim", "plugin"),
              "Whether zero requests are offered, and how they are carried out.")
          .map(word -> ZeroMode.valueOf(word.toUpperCase(Locale.ROOT)))
          .defaultValue(ZeroMode.NONE);

  private static final Parameter<FastZeroMode> FAST_ZERO_MODE =
      Parameter.choice(
              "fastzeromode",
              List.of("none", "slow", "ignore", "default"),
              "Whether fast zero requests are offered, and what happens to them.")
          .map(word -> FastZeroMode.valueOf(word.toUpperCase(Locale.ROOT)))
          .defaultValue(FastZeroMode.DEFAULT);

  @Override
  public String name() {
    return "nozero";
  }

  @Override
  public String description() {
    return "change how zeroes are written";
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
