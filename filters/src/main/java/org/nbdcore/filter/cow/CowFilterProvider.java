package org.nbdcore.filter.cow;

import java.util.List;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.helpers.Alignment;

/** Provides {@code --filter=cow}. */
public final class CowFilterProvider implements FilterProvider {

  private static final Parameter<Long> BLOCK_SIZE =
      Alignment.powerOfTwoParameter(
              "cow-block-size", 4096, 1 << 26, "Size of copied blocks; a power of two, 4K or more.")
          .defaultValue(65536L);

  private static final Parameter<Boolean> ON_CACHE =
      Parameter.bool("cow-on-cache", "Whether a client's cache request copies data to the overlay.")
          .defaultValue(false);

  private static final Parameter<FileSwitch> ON_READ =
      FileSwitch.parameter(
          "cow-on-read",
          "Whether a read copies data to the overlay; with a path, while that file exists.");

  @Override
  public String name() {
    return "cow";
  }

  @Override
  public String description() {
    return "keep writes in a temporary overlay, without changing the disk";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(BLOCK_SIZE, ON_CACHE, ON_READ);
  }

  @Override
  public Filter create(Config config) {
    return new CowFilter(
        config.get(BLOCK_SIZE).intValue(), config.get(ON_CACHE), config.get(ON_READ));
  }
}
