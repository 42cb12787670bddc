package org.nbdcore.filter.nocache;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=nocache}. */
public final class NocacheFilterProvider implements FilterProvider {

  private static final Parameter<NocacheMode> MODE =
      Parameter.choice(
              "cache-mode",
              NocacheMode.class,
              "How to handle cache requests: do not offer them, emulate them by reads, or do "
                  + "nothing.")
          .alias("cachemode")
          .defaultValue(NocacheMode.NONE);

  @Override
  public String name() {
    return "nocache";
  }

  @Override
  public String description() {
    return "refuse, emulate or ignore cache requests";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MODE);
  }

  @Override
  public Filter create(Config config) {
    return new NocacheFilter(config.get(MODE));
  }
}
