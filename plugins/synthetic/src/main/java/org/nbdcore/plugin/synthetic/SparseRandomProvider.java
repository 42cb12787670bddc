package org.nbdcore.plugin.synthetic;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code sparse-random}: runs of random data between holes, similar to a real disk. */
public final class SparseRandomProvider implements PluginProvider {

  private static final int SMALLEST_BLOCK = 1024;

  static final Parameter<Double> PERCENT =
      Parameter.of(
              "percent", "N", "Percentage of data, from 0 to 100.", SparseRandomProvider::percent)
          .defaultValue(10.0);

  static final Parameter<Long> RUNLENGTH =
      Parameter.size("runlength", "Average length of a run of data.")
          .map(SparseRandomProvider::positive)
          .defaultValue(16L << 20);

  static final Parameter<Long> BLOCKSIZE =
      Parameter.size("blocksize", "Data and holes begin and end at multiples of this size.")
          .map(SparseRandomProvider::blockSize)
          .defaultValue(DataRuns.BLOCK);

  static final Parameter<Boolean> RANDOM_CONTENT =
      Parameter.bool(
              "random-content",
              "Whether to make every byte random; otherwise each block is one repeated byte.")
          .defaultValue(false);

  private static double percent(String text) throws ConfigException {
    String number = text.endsWith("%") ? text.substring(0, text.length() - 1) : text;
    try {
      double value = Double.parseDouble(number);
      if (value >= 0 && value <= 100) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new ConfigException("must be a number from 0 to 100, not '" + text + "'");
  }

  private static long blockSize(long bytes) throws ConfigException {
    if (bytes < SMALLEST_BLOCK || Long.bitCount(bytes) != 1) {
      throw new ConfigException(
          "must be a power of 2 and at least " + SMALLEST_BLOCK + ", not " + bytes);
    }
    return bytes;
  }

  private static long positive(long length) throws ConfigException {
    if (length == 0) {
      throw new ConfigException("must be more than 0");
    }
    return length;
  }

  @Override
  public String name() {
    return "sparse-random";
  }

  @Override
  public String description() {
    return "A disk of random data and holes, which accepts only writes of the same bytes";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(
        SyntheticParameters.SIZE,
        SyntheticParameters.SEED,
        BLOCKSIZE,
        PERCENT,
        RUNLENGTH,
        RANDOM_CONTENT);
  }

  @Override
  public Plugin create(Config config) {
    long size = config.get(SyntheticParameters.SIZE);
    long seed = SyntheticParameters.seed(config);
    long block = config.get(BLOCKSIZE);
    DataRuns runs = new DataRuns(size, seed, block, config.get(PERCENT), config.get(RUNLENGTH));
    BlockContent content = new BlockContent(seed, block, config.get(RANDOM_CONTENT));
    return new ComputedPlugin(
        new SparseRandomDevice(size, runs, content, SparseRandomDevice.WRITING),
        new SparseRandomDevice(size, runs, content, SparseRandomDevice.HOLES));
  }
}
