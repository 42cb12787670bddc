package org.nbdcore.filter.nocache;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=nocache}. */
public final class NocacheFilterProvider implements FilterProvider {

  private static final Parameter<String> MODE =
      Parameter.choice(
              "cachemode",
              List.of("none", "emulate", "nop"),
              "Whether cache requests are offered, and what they do.")
          .defaultValue("none");

  @Override
  public String name() {
    return "nocache";
  }

  @Override
  public String description() {
    return "change what cache requests do";
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
