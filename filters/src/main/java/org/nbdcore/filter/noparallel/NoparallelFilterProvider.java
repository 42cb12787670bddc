package org.nbdcore.filter.noparallel;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=noparallel}. */
public final class NoparallelFilterProvider implements FilterProvider {

  private static final Parameter<String> SERIALIZE =
      Parameter.choice(
              "serialize",
              List.of("requests", "all-requests", "connections"),
              "What happens one at a time: the requests of each connection, all requests, or whole"
                  + " connections.")
          .defaultValue("requests");

  @Override
  public String name() {
    return "noparallel";
  }

  @Override
  public String description() {
    return "let fewer requests run at the same time";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SERIALIZE);
  }

  @Override
  public Filter create(Config config) {
    return new NoparallelFilter(config.get(SERIALIZE));
  }
}
