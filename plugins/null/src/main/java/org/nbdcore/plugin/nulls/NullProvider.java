package org.nbdcore.plugin.nulls;

import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** Describes {@code null}: a disk of zeroes that discards writes. */
public final class NullProvider implements PluginProvider {

  static final Parameter<Long> SIZE =
      Parameter.size("size", "The size of the disk.").defaultValue(0L).magic();

  @Override
  public String name() {
    return "null";
  }

  @Override
  public String description() {
    return "A disk that discards writes and reads as zeroes";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SIZE);
  }

  @Override
  public Plugin create(Config config) {
    BlockDevice device = new NullDevice(config.get(SIZE));
    return new Plugin() {
      @Override
      public BlockDevice open(OpenRequest request) {
        return device; // stateless, so all connections can share it
      }
    };
  }
}
