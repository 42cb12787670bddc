package org.nbdcore.filter.openonce;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=openonce}. */
public final class OpenonceFilterProvider implements FilterProvider {

  @Override
  public String name() {
    return "openonce";
  }

  @Override
  public String description() {
    return "open the disk once for all clients";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new OpenonceFilter();
  }
}
