package org.nbdcore.filter.checkwrite;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=checkwrite}. */
public final class CheckwriteFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "checkwrite";
  }

  @Override
  public String description() {
    return "compare writes with the contents of the disk, without writing";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new CheckwriteFilter();
  }
}
