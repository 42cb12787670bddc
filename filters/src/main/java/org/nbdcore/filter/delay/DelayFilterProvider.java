package org.nbdcore.filter.delay;

import java.time.Duration;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=delay}. */
public final class DelayFilterProvider implements FilterProvider {

  private static final Parameter<Duration> RDELAY =
      Parameter.duration("rdelay", "How long reads wait; the same as delay-read.");

  private static final Parameter<Duration> READ =
      Parameter.duration("delay-read", "How long reads wait.");

  private static final Parameter<Duration> WDELAY =
      Parameter.duration("wdelay", "How long writes, zeroes and trims wait.");

  private static final Parameter<Duration> WRITE =
      Parameter.duration("delay-write", "How long writes wait.");

  private static final Parameter<Duration> ZERO =
      Parameter.duration("delay-zero", "How long zeroes wait.");

  private static final Parameter<Duration> TRIM =
      Parameter.duration("delay-trim", "How long trims wait.");

  private static final Parameter<Duration> EXTENTS =
      Parameter.duration("delay-extents", "How long questions about extents wait.");

  private static final Parameter<Duration> CACHE =
      Parameter.duration("delay-cache", "How long cache requests wait.");

  private static final Parameter<Boolean> FAST_ZERO =
      Parameter.bool(
              "delay-fast-zero",
              "Whether fast zeroes wait like others; otherwise they are refused at once.")
          .defaultValue(true);

  private static final Parameter<Duration> OPEN =
      Parameter.duration("delay-open", "How long a client waits when it connects.");

  private static final Parameter<Duration> CLOSE =
      Parameter.duration("delay-close", "How long a client waits when it disconnects.");

  @Override
  public String name() {
    return "delay";
  }

  @Override
  public String description() {
    return "delay requests, as a slow or distant server would";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(RDELAY, READ, WDELAY, WRITE, ZERO, TRIM, EXTENTS, CACHE, FAST_ZERO, OPEN, CLOSE);
  }

  @Override
  public Filter create(Config config) {
    return new DelayFilter(
        new Delays(
            nanos(config, READ, RDELAY),
            nanos(config, WRITE, WDELAY),
            nanos(config, ZERO, WDELAY),
            nanos(config, TRIM, WDELAY),
            nanos(config, EXTENTS, EXTENTS),
            nanos(config, CACHE, CACHE),
            nanos(config, OPEN, OPEN),
            nanos(config, CLOSE, CLOSE),
            config.get(FAST_ZERO)));
  }

  private static long nanos(Config config, Parameter<Duration> own, Parameter<Duration> common) {
    return config.find(own).or(() -> config.find(common)).orElse(Duration.ZERO).toNanos();
  }
}
