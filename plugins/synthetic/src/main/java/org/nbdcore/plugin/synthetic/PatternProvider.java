package org.nbdcore.plugin.synthetic;

import java.nio.ByteBuffer;
import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code pattern}: each 8 bytes tell where they are. */
public final class PatternProvider implements PluginProvider {

  @Override
  public String name() {
    return "pattern";
  }

  @Override
  public String description() {
    return "A read-only disk on which each 8 bytes contain their own offset";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SyntheticParameters.SIZE);
  }

  @Override
  public Plugin create(Config config) {
    long size = config.get(SyntheticParameters.SIZE);
    return new ComputedPlugin(
        new ComputedDevice(size, ComputedDevice.READING) {
          @Override
          public void read(ByteBuffer dst, long offset) {
            LongSequence.fill(dst, offset, word -> word * Long.BYTES);
          }
        });
  }
}
