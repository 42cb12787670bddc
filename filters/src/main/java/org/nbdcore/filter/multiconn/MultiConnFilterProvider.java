package org.nbdcore.filter.multiconn;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=multi-conn}. */
public final class MultiConnFilterProvider implements FilterProvider {

  private static final Parameter<MultiConnMode> MODE =
      Parameter.choice(
              "multi-conn-mode",
              MultiConnMode.class,
              "Whether to offer multi-conn, and whether to repeat a flush on all connections.")
          .defaultValue(MultiConnMode.AUTO);

  private static final Parameter<DirtyTracking> TRACKING =
      Parameter.choice(
              "multi-conn-track-dirty",
              DirtyTracking.class,
              "How to detect flushes that can be skipped.")
          .defaultValue(DirtyTracking.CONNECTION);

  private static final Parameter<Boolean> BY_EXPORT =
      Parameter.bool(
              "multi-conn-exportname",
              "Whether a flush covers only connections to the export of the same name.")
          .alias("multi-conn-export-name")
          .defaultValue(false);

  @Override
  public String name() {
    return "multi-conn";
  }

  @Override
  public String description() {
    return "offer, emulate or disable multi-conn";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MODE, TRACKING, BY_EXPORT);
  }

  @Override
  public Filter create(Config config) {
    return new MultiConnFilter(config.get(MODE), config.get(TRACKING), config.get(BY_EXPORT));
  }
}
