package org.nbdcore.filter.scan;

import java.util.List;
import org.nbdcore.filter.common.Blocks;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=scan}. */
public final class ScanFilterProvider implements FilterProvider {

  private static final Parameter<Boolean> AHEAD =
      Parameter.bool(
              "scan-ahead", "Whether the scan skips to where the client reads, if that is further.")
          .defaultValue(true);

  private static final Parameter<Boolean> CLOCK =
      Parameter.bool(
              "scan-clock",
              "Whether the scan goes on where it stopped when clients left; otherwise it starts"
                  + " again at the beginning.")
          .defaultValue(true);

  private static final Parameter<Boolean> FOREVER =
      Parameter.bool("scan-forever", "Whether the scan starts again when it is through.")
          .defaultValue(false);

  private static final Parameter<Long> SIZE =
      Blocks.parameter(
              "scan-size", 512, 1L << 30, "How much is prefetched at a time; a power of two.")
          .defaultValue(2L << 20);

  @Override
  public String name() {
    return "scan";
  }

  @Override
  public String description() {
    return "prefetch the whole disk, ahead of the client";
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
