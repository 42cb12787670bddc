package com.example;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.spi.Sizes;

/** Declares the plugin's name and parameters; named in META-INF/services. */
public final class @Class@Provider implements PluginProvider {

  private static final long MAX_SIZE = 1 << 30;

  /** Magic: {@code nbd-core @name@ 64M} means {@code size=64M}. */
  static final Parameter<Integer> SIZE =
      Parameter.size("size", "Size of the disk, at most 1G.")
          .required()
          .magic()
          .map(@Class@Provider::checkSize);

  /** The server puts the key in front of the message. */
  private static int checkSize(long size) throws ConfigException {
    if (size > MAX_SIZE) {
      throw new ConfigException("must be at most 1G, not " + Sizes.format(size));
    }
    return (int) size;
  }

  @Override
  public String name() {
    return "@name@";
  }

  @Override
  public String description() {
    return "A disk in memory";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SIZE);
  }

  @Override
  public Plugin create(Config config) {
    return new @Class@Plugin(config.get(SIZE));
  }
}
