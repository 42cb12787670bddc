package org.nbdcore.filter.ddrescue;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=ddrescue}. */
public final class DdrescueFilterProvider implements FilterProvider {

  private static final Parameter<Path> MAPFILE =
      Parameter.path("ddrescue-mapfile", "Map file that ddrescue wrote for this disk.").required();

  @Override
  public String name() {
    return "ddrescue";
  }

  @Override
  public String description() {
    return "fail reads of areas that ddrescue could not rescue";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MAPFILE);
  }

  @Override
  public Filter create(Config config) throws ConfigException {
    return new DdrescueFilter(RescueMap.read(config.get(MAPFILE)));
  }
}
