package org.nbdcore.filter.stats;

import java.nio.file.Path;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=stats}. */
public final class StatsFilterProvider implements FilterProvider {

  private static final Parameter<Path> FILE =
      Parameter.path("statsfile", "File for the statistics, written when the server stops.")
          .required();

  private static final Parameter<Boolean> APPEND =
      Parameter.bool("statsappend", "Whether to append to the file instead of replacing it.")
          .defaultValue(false);

  private static final Parameter<Long> THRESHOLD =
      Parameter.integer(
              "statsthreshold",
              0,
              100,
              "Percentage of requests that the tables of sizes and alignments cover; 0 for no "
                  + "tables.")
          .defaultValue(95L);

  @Override
  public String name() {
    return "stats";
  }

  @Override
  public String description() {
    return "write statistics about requests to a file";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(FILE, APPEND, THRESHOLD);
  }

  @Override
  public Filter create(Config config) {
    return new StatsFilter(config.get(FILE), config.get(APPEND), config.get(THRESHOLD).intValue());
  }
}
