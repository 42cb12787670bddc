package org.nbdcore.filter.retry;

import java.time.Duration;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=retry}. */
public final class RetryFilterProvider implements FilterProvider {

  private static final Parameter<Long> RETRIES =
      Parameter.integer("retries", 0, 1_000_000, "Number of retries before an operation fails.")
          .defaultValue(5L);

  private static final Parameter<Duration> DELAY =
      Parameter.duration("retry-delay", "Wait before the first retry.")
          .defaultValue(Duration.ofSeconds(2));

  private static final Parameter<Boolean> EXPONENTIAL =
      Parameter.bool("retry-exponential", "Whether each wait is twice as long as the previous one.")
          .defaultValue(true);

  private static final Parameter<Boolean> READ_ONLY =
      Parameter.bool(
              "retry-readonly",
              "Whether to reopen the disk read-only after a failure, for the rest of the "
                  + "connection.")
          .defaultValue(false);

  @Override
  public String name() {
    return "retry";
  }

  @Override
  public String description() {
    return "reopen the disk and repeat requests that fail";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(RETRIES, DELAY, EXPONENTIAL, READ_ONLY);
  }

  @Override
  public Filter create(Config config) {
    return new RetryFilter(
        new RetryPolicy(
            config.get(RETRIES).intValue(),
            config.get(DELAY).toNanos(),
            config.get(EXPONENTIAL),
            config.get(READ_ONLY)));
  }
}
