package org.nbdcore.plugin.synthetic;

import java.util.List;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code ones}: a disk of one repeated byte that discards writes. */
public final class OnesProvider implements PluginProvider {

  static final Parameter<Long> SIZE =
      Parameter.size("size", "The size of the disk.").defaultValue(0L).magic();

  static final Parameter<Long> BYTE =
      Parameter.integer("byte", 0, 255, "The byte that the disk consists of.").defaultValue(255L);

  @Override
  public String name() {
    return "ones";
  }

  @Override
  public String description() {
    return "A disk that discards writes and reads as 0xff, or another byte";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SIZE, BYTE);
  }

  @Override
  public Plugin create(Config config) {
    return new ComputedPlugin(new OnesDevice(config.get(SIZE), config.get(BYTE).byteValue()));
  }
}
