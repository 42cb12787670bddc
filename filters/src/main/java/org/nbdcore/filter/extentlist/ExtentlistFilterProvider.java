package org.nbdcore.filter.extentlist;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=extentlist}. */
public final class ExtentlistFilterProvider implements FilterProvider {

  private static final Parameter<Path> FILE =
      Parameter.path(
              "extentlist", "File that lists the extents, one on each line: offset, length, type.")
          .required();

  @Override
  public String name() {
    return "extentlist";
  }

  @Override
  public String description() {
    return "report extents from a file";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE);
  }

  @Override
  public Filter create(Config config) throws ConfigException {
    return new ExtentlistFilter(ExtentList.read(config.get(FILE)));
  }
}
