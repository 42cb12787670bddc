package org.nbdcore.filter.rate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=rate}. */
public final class RateFilterProvider implements FilterProvider {

  private static final Parameter<Long> RATE =
      Parameter.size("rate", "Bits per second, for all connections together.")
          .placeholder("BITSPERSEC");

  private static final Parameter<Long> CONNECTION_RATE =
      Parameter.size("connection-rate", "Bits per second, for each connection.")
          .placeholder("BITSPERSEC");

  private static final Parameter<Path> RATE_FILE =
      Parameter.path("rate-file", "File that contains a new value of rate while the server runs.");

  private static final Parameter<Path> CONNECTION_RATE_FILE =
      Parameter.path(
          "connection-rate-file",
          "File that contains a new value of connection-rate while the server runs.");

  private static final Parameter<Duration> BURSTINESS =
      Parameter.duration("burstiness", "How long a client may exceed the rate after an idle time.")
          .defaultValue(Duration.ofSeconds(2));

  @Override
  public String name() {
    return "rate";
  }

  @Override
  public String description() {
    return "limit the bandwidth of the server or of each connection";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(RATE, CONNECTION_RATE, RATE_FILE, CONNECTION_RATE_FILE, BURSTINESS);
  }

  @Override
  public Filter create(Config config) {
    return new RateFilter(
        new AdjustableRate(config.find(RATE).orElse(0L), config.find(RATE_FILE)),
        new AdjustableRate(
            config.find(CONNECTION_RATE).orElse(0L), config.find(CONNECTION_RATE_FILE)),
        config.get(BURSTINESS).toNanos());
  }
}
