package org.nbdcore.filter.blocksize;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Sizes;
import org.nbdcore.spi.helpers.Alignment;

/** Provides {@code --filter=blocksize}. */
public final class BlocksizeFilterProvider implements FilterProvider {

  private static final long MAX_MIN_BLOCK = 64 << 10;
  private static final long MAX_LENGTH = 0xffff_ffffL;

  private static final Parameter<Long> MINBLOCK =
      Alignment.powerOfTwoParameter(
          "minblock",
          1,
          MAX_MIN_BLOCK,
          "Block size and alignment of requests to the layer below; a power of two up to "
              + "64K. The default is the minimum of that layer, or 1.");

  private static final Parameter<Long> MAXDATA =
      limit(
          "maxdata",
          "Largest read or write sent to the layer below; a multiple of minblock. The "
              + "default is 64M, or less if that layer reports less.");

  private static final Parameter<Long> MAXLEN =
      limit(
          "maxlen",
          "Longest trim, zero, cache or extents request sent to the layer below; a multiple "
              + "of minblock. The default is nearly 4G.");

  @Override
  public String name() {
    return "blocksize";
  }

  @Override
  public String description() {
    return "let clients send requests of any size and alignment to a disk that has limits";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MINBLOCK, MAXDATA, MAXLEN);
  }

  @Override
  public Filter create(Config config) throws ConfigException {
    long minBlock = config.find(MINBLOCK).orElse(0L);
    long maxData = config.find(MAXDATA).orElse(0L);
    long maxLen = config.find(MAXLEN).orElse(0L);
    checkMultiple("maxdata", maxData, minBlock);
    checkMultiple("maxlen", maxLen, minBlock);
    return new BlocksizeFilter(minBlock, maxData, maxLen);
  }

  private static Parameter<Long> limit(String key, String help) {
    return Parameter.size(key, help)
        .map(
            value -> {
              if (value < 1 || value > MAX_LENGTH) {
                throw new ConfigException("must be from 1 to " + MAX_LENGTH + ", not " + value);
              }
              return value;
            });
  }

  private static void checkMultiple(String key, long value, long minBlock) throws ConfigException {
    if (minBlock != 0 && value % minBlock != 0) {
      throw new ConfigException(
          key + " must be a multiple of minblock (" + Sizes.format(minBlock) + "), not " + value);
    }
  }
}
