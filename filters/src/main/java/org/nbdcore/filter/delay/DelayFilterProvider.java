package org.nbdcore.filter.delay;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=delay}. */
public final class DelayFilterProvider implements FilterProvider {

  private static final Parameter<Duration> RDELAY = delay("rdelay", "The same as delay-read.");

  private static final Parameter<Duration> WDELAY =
      delay("wdelay", "The same as delay-write, delay-zero and delay-trim together.");

  private static final Parameter<Duration> READ =
      delay("delay-read", "Delay of each read.").alias("delay-reads");

  private static final Parameter<Duration> WRITE =
      delay("delay-write", "Delay of each write.").alias("delay-writes");

  private static final Parameter<Duration> ZERO =
      delay("delay-zero", "Delay of each zero request.").alias("delay-zeroes");

  private static final Parameter<Duration> TRIM =
      delay("delay-trim", "Delay of each trim.")
          .alias("delay-trims", "delay-discard", "delay-discards");

  private static final Parameter<Duration> EXTENTS =
      delay("delay-extents", "Delay of each extents request.").alias("delay-extent");

  private static final Parameter<Duration> CACHE =
      delay("delay-cache", "Delay of each cache request.");

  private static final Parameter<Duration> OPEN =
      delay("delay-open", "Delay of each opening of the disk.");

  private static final Parameter<Duration> CLOSE =
      delay("delay-close", "Delay of each closing of the disk.");

  private static final Parameter<Boolean> FAST_ZERO =
      Parameter.bool(
              "delay-fast-zero",
              "Whether to delay and forward a fast zero like any other; otherwise it is refused "
                  + "at once.")
          .defaultValue(true);

  private static final Parameter<Path> TRIGGER =
      Parameter.path("delay-trigger", "Delay nothing unless this file exists.");

  private static Parameter<Duration> delay(String key, String help) {
    return Parameter.duration(key, help).defaultValue(Duration.ZERO);
  }

  @Override
  public String name() {
    return "delay";
  }

  @Override
  public String description() {
    return "delay requests";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(
        RDELAY, WDELAY, READ, WRITE, ZERO, TRIM, EXTENTS, CACHE, OPEN, CLOSE, FAST_ZERO, TRIGGER);
  }

  @Override
  public Filter create(Config config) throws ConfigException {
    Map<String, Long> nanos = new LinkedHashMap<>();
    for (Config.Entry entry : config.entries()) { // in order, because the last one counts
      for (String key : keys(entry.key())) {
        nanos.put(key, READ.parse(entry.value()).toNanos());
      }
    }
    return new DelayFilter(
        new Delays(
            nanos.getOrDefault(READ.key(), 0L),
            nanos.getOrDefault(WRITE.key(), 0L),
            nanos.getOrDefault(ZERO.key(), 0L),
            nanos.getOrDefault(TRIM.key(), 0L),
            nanos.getOrDefault(EXTENTS.key(), 0L),
            nanos.getOrDefault(CACHE.key(), 0L),
            nanos.getOrDefault(OPEN.key(), 0L),
            nanos.getOrDefault(CLOSE.key(), 0L),
            config.get(FAST_ZERO),
            config.find(TRIGGER)));
  }

  private static List<String> keys(String given) {
    return switch (given) {
      case "rdelay" -> List.of(READ.key());
      case "wdelay" -> List.of(WRITE.key(), ZERO.key(), TRIM.key());
      case "delay-fast-zero", "delay-trigger" -> List.of();
      default -> List.of(given);
    };
  }
}
