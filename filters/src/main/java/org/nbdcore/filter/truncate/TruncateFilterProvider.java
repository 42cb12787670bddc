package org.nbdcore.filter.truncate;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=truncate}. */
public final class TruncateFilterProvider implements FilterProvider {

  private static final Parameter<Long> TRUNCATE =
      Parameter.size("truncate", "Size in bytes; may be larger than the disk below.");

  private static final Parameter<Long> ROUND_UP =
      positive("round-up", "Round the size up to a multiple of this number.");

  private static final Parameter<Long> ROUND_DOWN =
      positive("round-down", "Round the size down to a multiple of this number.");

  @Override
  public String name() {
    return "truncate";
  }

  @Override
  public String description() {
    return "change the size of the disk";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(TRUNCATE, ROUND_UP, ROUND_DOWN);
  }

  @Override
  public Filter create(Config config) {
    return new TruncateFilter(
        config.find(TRUNCATE), config.find(ROUND_UP), config.find(ROUND_DOWN));
  }

  private static Parameter<Long> positive(String key, String help) {
    return Parameter.size(key, help)
        .map(
            value -> {
              if (value == 0) {
                throw new ConfigException("must be more than 0");
              }
              return value;
            });
  }
}
