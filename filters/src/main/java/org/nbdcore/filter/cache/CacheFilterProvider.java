package org.nbdcore.filter.cache;

import java.util.List;
import org.nbdcore.filter.common.FileSwitch;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.helpers.Alignment;

/** Provides {@code --filter=cache}. */
public final class CacheFilterProvider implements FilterProvider {

  private static final Parameter<CacheMode> MODE =
      Parameter.choice(
              "cache",
              CacheMode.class,
              "When writes go to the disk below: with a flush, at once, or only when the cache "
                  + "is full.")
          .defaultValue(CacheMode.WRITEBACK);

  private static final Parameter<Long> BLOCK_SIZE =
      Alignment.powerOfTwoParameter(
              "cache-min-block-size",
              4096,
              1 << 26,
              "Size of cached blocks; a power of two, 4K or more.")
          .defaultValue(65536L);

  private static final Parameter<Long> MAX_SIZE =
      Parameter.size(
          "cache-max-size", "Approximate maximum size of the cache; no limit by default.");

  private static final Parameter<Long> HIGH =
      Parameter.integer(
              "cache-high-threshold",
              1,
              100,
              "Percentage of cache-max-size at which the filter starts to drop blocks.")
          .defaultValue(95L);

  private static final Parameter<Long> LOW =
      Parameter.integer(
              "cache-low-threshold",
              1,
              100,
              "Percentage of cache-max-size at which the filter stops dropping blocks.")
          .defaultValue(80L);

  private static final Parameter<FileSwitch> ON_READ =
      FileSwitch.parameter(
          "cache-on-read", "Whether to cache reads too; with a path, while that file exists.");

  @Override
  public String name() {
    return "cache";
  }

  @Override
  public String description() {
    return "keep blocks of a slow disk in a temporary file";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MODE, BLOCK_SIZE, MAX_SIZE, HIGH, LOW, ON_READ);
  }

  @Override
  public Filter create(Config config) throws ConfigException {
    int block = config.get(BLOCK_SIZE).intValue();
    long high = config.get(HIGH);
    long low = config.get(LOW);
    if (low >= high) {
      throw new ConfigException(
          "cache-low-threshold must be less than cache-high-threshold (" + high + "), not " + low);
    }
    long most = Long.MAX_VALUE;
    long least = Long.MAX_VALUE;
    if (config.has(MAX_SIZE)) {
      long size = config.find(MAX_SIZE).orElseThrow();
      if (size < 4L * block) {
        throw new ConfigException(
            "cache-max-size must be at least four blocks (" + 4L * block + "), not " + size);
      }
      most = Math.max(1, percent(size, high) / block);
      least = percent(size, low) / block;
    }
    return new CacheFilter(config.get(MODE), block, most, least, config.get(ON_READ));
  }

  private static long percent(long size, long percentage) {
    return size / 100 * percentage + size % 100 * percentage / 100;
  }
}
