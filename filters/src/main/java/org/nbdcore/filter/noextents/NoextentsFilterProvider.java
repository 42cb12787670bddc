package org.nbdcore.filter.noextents;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=noextents}. */
public final class NoextentsFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "noextents";
  }

  @Override
  public String description() {
    return "make the disk look fully allocated";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new NoextentsFilter();
  }
}
