package org.nbdcore.filter.cacheextents;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=cacheextents}. */
public final class CacheextentsFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "cacheextents";
  }

  @Override
  public String description() {
    return "remember the last reply about extents";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new CacheextentsFilter();
  }
}
