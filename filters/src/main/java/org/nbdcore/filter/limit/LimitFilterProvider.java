package org.nbdcore.filter.limit;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=limit}. */
public final class LimitFilterProvider implements FilterProvider {

  private static final Parameter<Long> LIMIT =
      Parameter.integer(
              "limit",
              0,
              Integer.MAX_VALUE,
              "The most clients that are served at once; 0 for any number.")
          .defaultValue(1L);

  @Override
  public String name() {
    return "limit";
  }

  @Override
  public String description() {
    return "limit how many clients are served at once";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(LIMIT);
  }

  @Override
  public Filter create(Config config) {
    long limit = config.get(LIMIT);
    return new LimitFilter(limit == 0 ? Integer.MAX_VALUE : (int) limit);
  }
}
