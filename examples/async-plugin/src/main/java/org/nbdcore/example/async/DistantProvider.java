package org.nbdcore.example.async;

import java.time.Duration;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Sizes;

/** Declares {@code distant}: a disk in a store that completes requests later. */
public final class DistantProvider implements PluginProvider {

  private static final long MAX_SIZE = 1 << 30;

  static final Parameter<Integer> SIZE =
      Parameter.size("size", "Size of the disk, at most 1G.")
          .required()
          .magic()
          .map(DistantProvider::checkSize);

  static final Parameter<Duration> LATENCY =
      Parameter.duration("latency", "Time until the store answers a request.")
          .defaultValue(Duration.ofMillis(10));

  private static int checkSize(long size) throws ConfigException {
    if (size > MAX_SIZE) {
      throw new ConfigException("must be at most 1G, not " + Sizes.format(size));
    }
    return (int) size;
  }

  @Override
  public String name() {
    return "distant";
  }

  @Override
  public String description() {
    return "Example: a disk in a store that answers asynchronously";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SIZE, LATENCY);
  }

  /** The devices of all connections share the store. */
  @Override
  public Plugin create(Config config) {
    DistantStore store = new DistantStore(config.get(SIZE), config.get(LATENCY));
    return request -> new DistantDevice(store);
  }
}
