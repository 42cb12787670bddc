package org.nbdcore.filter.count;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=count}. */
public final class CountFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "count";
  }

  @Override
  public String description() {
    return "count bytes read, written, zeroed and trimmed";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new CountFilter();
  }
}
