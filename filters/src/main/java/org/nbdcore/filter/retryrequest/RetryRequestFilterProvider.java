package org.nbdcore.filter.retryrequest;

import java.time.Duration;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=retry-request}. */
public final class RetryRequestFilterProvider implements FilterProvider {

  private static final Parameter<Long> RETRIES =
      Parameter.integer(
              "retry-request-retries", 0, 1_000_000, "Number of retries before a request fails.")
          .defaultValue(2L);

  private static final Parameter<Duration> DELAY =
      Parameter.duration("retry-request-delay", "Wait before each retry.")
          .defaultValue(Duration.ofSeconds(2));

  private static final Parameter<Boolean> OPEN =
      Parameter.bool("retry-request-open", "Whether to retry opening the disk too.")
          .defaultValue(true);

  @Override
  public String name() {
    return "retry-request";
  }

  @Override
  public String description() {
    return "repeat single requests that fail";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(RETRIES, DELAY, OPEN);
  }

  @Override
  public Filter create(Config config) {
    return new RetryRequestFilter(
        config.get(RETRIES).intValue(), config.get(DELAY).toNanos(), config.get(OPEN));
  }
}
