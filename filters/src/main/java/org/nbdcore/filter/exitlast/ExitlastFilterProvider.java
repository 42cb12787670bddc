package org.nbdcore.filter.exitlast;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=exitlast}. */
public final class ExitlastFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "exitlast";
  }

  @Override
  public String description() {
    return "stop the server when its last client disconnects";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new ExitlastFilter();
  }
}
