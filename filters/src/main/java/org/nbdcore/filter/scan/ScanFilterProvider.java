package org.nbdcore.filter.scan;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.helpers.Alignment;

/** Provides {@code --filter=scan}. */
public final class ScanFilterProvider implements FilterProvider {

  private static final Parameter<Boolean> AHEAD =
      Parameter.bool("scan-ahead", "Whether the scan skips ahead to the position of the client.")
          .defaultValue(true);

  private static final Parameter<Boolean> CLOCK =
      Parameter.bool(
              "scan-clock",
              "Whether the scan continues at its last position when a client connects again; "
                  + "otherwise it starts at the beginning.")
          .defaultValue(true);

  private static final Parameter<Boolean> FOREVER =
      Parameter.bool("scan-forever", "Whether the scan starts again at the end of the disk.")
          .defaultValue(false);

  private static final Parameter<Long> SIZE =
      Alignment.powerOfTwoParameter(
              "scan-size", 512, 1L << 30, "Size of one prefetch; a power of two.")
          .defaultValue(2L << 20);

  @Override
  public String name() {
    return "scan";
  }

  @Override
  public String description() {
    return "prefetch the whole disk ahead of the client";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(AHEAD, CLOCK, FOREVER, SIZE);
  }

  @Override
  public Filter create(Config config) {
    return new ScanFilter(
        config.get(AHEAD), config.get(CLOCK), config.get(FOREVER), config.get(SIZE));
  }
}
