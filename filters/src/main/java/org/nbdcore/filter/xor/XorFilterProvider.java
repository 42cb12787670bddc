package org.nbdcore.filter.xor;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.Parameter;

/** Provides {@code --filter=xor}. */
public final class XorFilterProvider implements FilterProvider {

  private static final String RANDOM = "rand";

  private static final Parameter<String> XOR =
      Parameter.string(
              "xor",
              "Number whose bytes to combine with those of the disk, or rand for random bytes.")
          .placeholder("N|rand[:SEED]")
          .required();

  private static final Parameter<Long> LENGTH =
      Parameter.integer(
          "xorlen", 1, Long.BYTES, "Number of bytes of xor to use; required unless xor=rand.");

  @Override
  public String name() {
    return "xor";
  }

  @Override
  public String description() {
    return "combine the bytes of the disk with a key by exclusive or";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(XOR, LENGTH);
  }

  @Override
  public Filter create(Config config) throws ConfigException {
    return new XorFilter(key(config));
  }

  private static KeyStream key(Config config) throws ConfigException {
    String xor = config.get(XOR);
    boolean random = xor.equals(RANDOM) || xor.startsWith(RANDOM + ":");
    if (random && config.has(LENGTH)) {
      throw new ConfigException("xorlen is for a number, and xor=" + xor + " has no length");
    }
    if (random) {
      return KeyStream.random(
          xor.equals(RANDOM) ? 0 : number(xor.substring(RANDOM.length() + 1), xor));
    }
    if (!config.has(LENGTH)) {
      throw new ConfigException("xor=" + xor + " needs xorlen=N, from 1 to 8 bytes");
    }
    return KeyStream.repeating(number(xor, xor), config.get(LENGTH).intValue());
  }

  /** An unsigned number of 64 bits, as in C. */
  private static long number(String text, String given) throws ConfigException {
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    try {
      if (lower.startsWith("0x")) {
        return Long.parseUnsignedLong(lower.substring(2), 16);
      }
      boolean octal = lower.length() > 1 && lower.startsWith("0");
      return Long.parseUnsignedLong(lower, octal ? 8 : 10);
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "xor must be a number of at most 64 bits, rand or rand:SEED, not '" + given + "'", e);
    }
  }
}
