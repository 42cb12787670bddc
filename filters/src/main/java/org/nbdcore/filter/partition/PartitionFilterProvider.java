package org.nbdcore.filter.partition;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=partition}. */
public final class PartitionFilterProvider implements FilterProvider {

  private static final Parameter<Long> PARTITION =
      Parameter.integer(
              "partition",
              1,
              Integer.MAX_VALUE,
              "Number of the partition, counted from 1; in an MBR, 5 is the first logical one.")
          .required();

  private static final Parameter<Long> SECTOR_SIZE =
      Parameter.size(
              "partition-sectorsize",
              "Sector size of the partition table, 512 or 4096; by default the minimum block "
                  + "size of the layer below if it is one of these, otherwise 512.")
          .map(
              value -> {
                if (value != 512 && value != 4096) {
                  throw new ConfigException("must be 512 or 4096, not " + value);
                }
                return value;
              });

  @Override
  public String name() {
    return "partition";
  }

  @Override
  public String description() {
    return "serve one partition of the disk";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(PARTITION, SECTOR_SIZE);
  }

  @Override
  public Filter create(Config config) {
    return new PartitionFilter(
        config.get(PARTITION).intValue(), config.find(SECTOR_SIZE).orElse(0L).intValue());
  }
}
