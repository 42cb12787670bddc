package org.nbdcore.filter.readonly;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=readonly}. */
public final class ReadonlyFilterProvider implements FilterProvider {

  private static final Parameter<Path> FILE =
      Parameter.path("readonly-file", "Make the disk read-only only while this file exists.");

  @Override
  public String name() {
    return "readonly";
  }

  @Override
  public String description() {
    return "make the disk read-only, always or while a file exists";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE);
  }

  @Override
  public Filter create(Config config) {
    return new ReadonlyFilter(config.find(FILE));
  }
}
