package org.nbdcore.filter.gzip;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=gzip}. */
public final class GzipFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "gzip";
  }

  @Override
  public String description() {
    return "serve what a gzip file holds, read-only";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new GzipFilter();
  }
}
