package org.nbdcore.filter.readahead;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Sizes;

/** Provides {@code --filter=readahead}. */
public final class ReadaheadFilterProvider implements FilterProvider {

  private static final long MIN_MEMORY = 4L << 20;
  private static final long MAX_MEMORY = 64L << 30;

  private static final Parameter<Long> MEMORY =
      Parameter.size(
              "readahead-memory",
              "Maximum memory for prefetched data, over all exports; 4M or more.")
          .map(ReadaheadFilterProvider::checkMemory)
          .defaultValue(64L << 20);

  @Override
  public String name() {
    return "readahead";
  }

  @Override
  public String description() {
    return "prefetch data for sequential readers";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MEMORY);
  }

  @Override
  public Filter create(Config config) {
    return new ReadaheadFilter(config.get(MEMORY));
  }

  private static Long checkMemory(Long value) throws ConfigException {
    if (value < MIN_MEMORY || value > MAX_MEMORY) {
      throw new ConfigException(
          "must be between "
              + Sizes.format(MIN_MEMORY)
              + " and "
              + Sizes.format(MAX_MEMORY)
              + ", not "
              + value);
    }
    return value;
  }
}
