package org.nbdcore.filter.spinning;

import java.time.Duration;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=spinning}. */
public final class SpinningFilterProvider implements FilterProvider {

  private static final Parameter<Long> HEADS =
      Parameter.integer(
              "heads", 1, 1_000_000, "Number of heads; each serves an equal part of the disk.")
          .defaultValue(1L);

  private static final Parameter<Boolean> SEPARATE =
      Parameter.bool("separate-heads", "Whether each head has its own arm.").defaultValue(false);

  private static final Parameter<Duration> MIN =
      Parameter.duration("min-seek-time", "Time to move to the next track.")
          .defaultValue(Duration.ofMillis(10));

  private static final Parameter<Duration> HALF =
      Parameter.duration("half-seek-time", "Time to move across half of a head's part.")
          .defaultValue(Duration.ofMillis(200));

  private static final Parameter<Duration> MAX =
      Parameter.duration("max-seek-time", "Time to move across all of a head's part.")
          .defaultValue(Duration.ofMillis(500));

  @Override
  public String name() {
    return "spinning";
  }

  @Override
  public String description() {
    return "simulate the seek times of a spinning disk";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(HEADS, SEPARATE, MIN, HALF, MAX);
  }

  @Override
  public Filter create(Config config) throws ConfigException {
    Duration min = config.get(MIN);
    Duration half = config.get(HALF);
    Duration max = config.get(MAX);
    if (min.compareTo(half) > 0 || half.compareTo(max) > 0) {
      throw new ConfigException(
          "min-seek-time, half-seek-time and max-seek-time must not become less, as "
              + min.toMillis()
              + ", "
              + half.toMillis()
              + " and "
              + max.toMillis()
              + " ms do");
    }
    SeekTime seekTime = new SeekTime(min.toNanos(), half.toNanos(), max.toNanos());
    return new SpinningFilter(config.get(HEADS).intValue(), config.get(SEPARATE), seekTime);
  }
}
