package org.nbdcore.plugin.synthetic;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code full}: zeroes, and no space left for writes. */
public final class FullProvider implements PluginProvider {

  @Override
  public String name() {
    return "full";
  }

  @Override
  public String description() {
    return "A disk without free space: changes fail with ENOSPC";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SyntheticParameters.SIZE);
  }

  @Override
  public Plugin create(Config config) {
    long size = config.get(SyntheticParameters.SIZE);
    return new ComputedPlugin(
        new FullDevice(size, FullDevice.WRITING), new FullDevice(size, FullDevice.HOLES));
  }
}
