package org.nbdcore.filter.nofilter;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=nofilter}. */
public final class NofilterFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "nofilter";
  }

  @Override
  public String description() {
    return "change nothing";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new NofilterFilter();
  }
}
