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
      Parameter.path("statsfile", "Where the statistics are written when the server stops.")
          .required();

  private static final Parameter<Boolean> APPEND =
      Parameter.bool("statsappend", "Whether they are appended to the file.").defaultValue(false);

  private static final Parameter<Long> THRESHOLD =
      Parameter.integer(
              "statsthreshold",
              0,
              100,
              "Which percentage of the requests the tables of sizes and alignments cover; 0 for no"
                  + " tables.")
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
