package org.nbdcore.plugin.synthetic;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code pattern}: a disk whose bytes encode their own offset. */
public final class PatternProvider implements PluginProvider {

  private static final int UPPER_LIMIT = 1 << Short.SIZE;

  static final Parameter<Long> STRIDE =
      Parameter.size("stride", "Size of a block; each begins with its offset.")
          .map(PatternProvider::stride)
          .defaultValue((long) Long.BYTES);

  static final Parameter<Integer> UPPER =
      Parameter.of(
              "upper",
              "N|random",
              "Number from 0 to 65535 to mix into the upper 16 bits of each offset, or random.",
              PatternProvider::upper)
          .defaultValue(0);

  private static long stride(long bytes) throws ConfigException {
    if (bytes < Long.BYTES || Long.bitCount(bytes) != 1) {
      throw new ConfigException("must be a power of 2 and at least 8, not " + bytes);
    }
    return bytes;
  }

  private static int upper(String text) throws ConfigException {
    if (text.equals("random")) {
      return ThreadLocalRandom.current().nextInt(1, UPPER_LIMIT);
    }
    try {
      int number = Integer.decode(text);
      if (number >= 0 && number < UPPER_LIMIT) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new ConfigException("must be a number from 0 to 65535 or random, not '" + text + "'");
  }

  @Override
  public String name() {
    return "pattern";
  }

  @Override
  public String description() {
    return "A disk on which each 8 bytes contain their own offset";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SyntheticParameters.SIZE, STRIDE, UPPER);
  }

  @Override
  public Plugin create(Config config) {
    long size = config.get(SyntheticParameters.SIZE);
    long stride = config.get(STRIDE);
    int upper = config.get(UPPER);
    return new ComputedPlugin(
        new PatternDevice(size, stride, upper, PatternDevice.WRITING),
        new PatternDevice(size, stride, upper, ComputedDevice.READING));
  }
}
