package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code zero}: a disk of size 0, to test clients. */
public final class ZeroProvider implements PluginProvider {

  @Override
  public String name() {
    return "zero";
  }

  @Override
  public String description() {
    return "A disk of 0 bytes";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Plugin create(Config config) {
    return new ComputedPlugin(
        new ComputedDevice(0, ComputedDevice.READING) {
          @Override
          public void read(ByteBuffer dst, long offset) {}
        });
  }
}
