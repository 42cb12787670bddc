package org.nbdcore.filter.offset;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=offset}. */
public final class OffsetFilterProvider implements FilterProvider {

  private static final Parameter<Long> OFFSET =
      Parameter.size("offset", "Where the range begins.").defaultValue(0L);

  private static final Parameter<Long> RANGE =
      Parameter.size("range", "Length of the range; by default to the end of the disk.");

  @Override
  public String name() {
    return "offset";
  }

  @Override
  public String description() {
    return "serve a range of the disk";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(OFFSET, RANGE);
  }

  @Override
  public Filter create(Config config) {
    return new OffsetFilter(config.get(OFFSET), config.find(RANGE));
  }
}
