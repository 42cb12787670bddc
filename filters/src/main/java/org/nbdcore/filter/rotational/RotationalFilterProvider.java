package org.nbdcore.filter.rotational;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=rotational}. */
public final class RotationalFilterProvider implements FilterProvider {

  private static final Parameter<Boolean> ROTATIONAL =
      Parameter.bool("rotational", "Whether to report that seeks are slow.").defaultValue(true);

  @Override
  public String name() {
    return "rotational";
  }

  @Override
  public String description() {
    return "report whether the disk is rotational";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(ROTATIONAL);
  }

  @Override
  public Filter create(Config config) {
    return new RotationalFilter(config.get(ROTATIONAL));
  }
}
