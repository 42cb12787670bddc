package org.nbdcore.filter.blocksizepolicy;

import java.util.List;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.helpers.Alignment;

/** Provides {@code --filter=blocksize-policy}. */
public final class BlocksizePolicyFilterProvider implements FilterProvider {

  private static final Parameter<ErrorPolicy> POLICY =
      Parameter.choice(
              "blocksize-error-policy",
              ErrorPolicy.class,
              "What to do with a request that does not obey the block sizes: forward it, or "
                  + "refuse it (strict-error: also at the end of a disk of unaligned size).")
          .defaultValue(ErrorPolicy.ALLOW);

  private static final Parameter<Long> MINIMUM =
      Alignment.powerOfTwoParameter(
          "blocksize-minimum", 1, 64 << 10, "Minimum block size reported to clients.");

  private static final Parameter<Long> PREFERRED =
      Alignment.powerOfTwoParameter(
          "blocksize-preferred", 512, 32 << 20, "Preferred block size reported to clients.");

  private static final Parameter<Long> MAXIMUM =
      Parameter.size(
              "blocksize-maximum",
              "Maximum block size reported to clients; a multiple of the minimum, or 4294967295 "
                  + "for no limit.")
          .map(BlocksizePolicyFilterProvider::length);

  private static final Parameter<Long> WRITE_DISCONNECT =
      Parameter.size(
              "blocksize-write-disconnect",
              "Disconnect a client that sends a larger write than this.")
          .map(BlocksizePolicyFilterProvider::length);

  @Override
  public String name() {
    return "blocksize-policy";
  }

  @Override
  public String description() {
    return "report block sizes to clients, and handle requests that ignore them";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(POLICY, MINIMUM, PREFERRED, MAXIMUM, WRITE_DISCONNECT);
  }

  @Override
  public Filter create(Config config) throws ConfigException {
    long minimum = config.find(MINIMUM).orElse(0L);
    long preferred = config.find(PREFERRED).orElse(0L);
    long maximum = config.find(MAXIMUM).orElse(0L);
    if (minimum != 0) {
      if (preferred != 0 && preferred < minimum) {
        throw new ConfigException(
            "blocksize-preferred must be at least blocksize-minimum ("
                + minimum
                + "), not "
                + preferred);
      }
      if (maximum != 0 && maximum != BlockSizes.UNLIMITED && maximum % minimum != 0) {
        throw new ConfigException(
            "blocksize-maximum must be a multiple of blocksize-minimum ("
                + minimum
                + "), not "
                + maximum);
      }
    }
    if (preferred != 0 && maximum != 0 && maximum < preferred) {
      throw new ConfigException(
          "blocksize-maximum must be at least blocksize-preferred ("
              + preferred
              + "), not "
              + maximum);
    }
    return new BlocksizePolicyFilter(
        config.get(POLICY),
        (int) minimum,
        (int) preferred,
        maximum,
        config.find(WRITE_DISCONNECT).orElse(Long.MAX_VALUE));
  }

  private static Long length(Long value) throws ConfigException {
    if (value < 1 || value > BlockSizes.UNLIMITED) {
      throw new ConfigException("must be from 1 to " + BlockSizes.UNLIMITED + ", not " + value);
    }
    return value;
  }
}
