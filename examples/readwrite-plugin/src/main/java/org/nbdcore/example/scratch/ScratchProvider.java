package org.nbdcore.example.scratch;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Sizes;

/** Declares {@code scratch} and its parameters, and creates the plugin. */
public final class ScratchProvider implements PluginProvider {

  private static final long MAX_SIZE = 64 << 20;

  /** {@code magic}: {@code nbd-core scratch 1M} means {@code size=1M}. */
  static final Parameter<Integer> SIZE =
      Parameter.size("size", "Size of the disk, at most 64M.")
          .required()
          .magic()
          .map(ScratchProvider::checkSize);

  static final Parameter<Long> FILL =
      Parameter.integer("fill", 0, 255, "Initial value of every byte.").defaultValue(0L);

  private static int checkSize(long size) throws ConfigException {
    if (size > MAX_SIZE) { // the message continues a sentence that begins with the key
      throw new ConfigException("must be at most 64M, not " + Sizes.format(size));
    }
    return (int) size;
  }

  @Override
  public String name() {
    return "scratch";
  }

  @Override
  public String description() {
    return "Example: a small disk in memory";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SIZE, FILL);
  }

  @Override
  public Plugin create(Config config) {
    return new ScratchPlugin(config.get(SIZE), config.get(FILL).byteValue());
  }
}
