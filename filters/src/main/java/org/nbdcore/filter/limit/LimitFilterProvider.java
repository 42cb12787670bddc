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
              "Maximum number of clients at the same time; 0 for no limit.")
          .defaultValue(1L);

  @Override
  public String name() {
    return "limit";
  }

  @Override
  public String description() {
    return "limit the number of clients";
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
