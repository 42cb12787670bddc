package org.nbdcore.filter.timelimit;

import java.time.Duration;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=time-limit}. */
public final class TimeLimitFilterProvider implements FilterProvider {

  private static final Parameter<Duration> LIMIT =
      Parameter.duration("time-limit", "Maximum time of a connection.")
          .alias("time_limit", "timelimit")
          .defaultValue(Duration.ofSeconds(60));

  @Override
  public String name() {
    return "time-limit";
  }

  @Override
  public String description() {
    return "limit how long a client stays connected";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(LIMIT);
  }

  @Override
  public Filter create(Config config) {
    return new TimeLimitFilter(config.get(LIMIT).toNanos());
  }
}
