package org.nbdcore.testkit;

import java.nio.ByteBuffer;
import java.util.List;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** A plugin on a {@link ModelDevice}; tests override {@link #wrap} to break it. */
public class ArrayProvider implements PluginProvider {

  private static final Parameter<Long> SIZE =
      Parameter.size("size", "The size of the disk.").required().magic();

  @Override
  public String name() {
    return "array";
  }

  @Override
  public String description() {
    return "A disk in an array";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(SIZE);
  }

  BlockDevice wrap(BlockDevice device) {
    return device;
  }

  @Override
  public Plugin create(Config config) {
    ModelDevice disk = new ModelDevice(config.get(SIZE).intValue());
    return (ArrayPlugin)
        request ->
            wrap(
                new FilterBlockDevice(disk) {
                  @Override
                  public void close() {}
                });
  }

  private interface ArrayPlugin extends Plugin {
    @Override
    BlockDevice open(OpenRequest request);
  }

  /** The same disk, whose reads leave the position where it was. */
  static BlockDevice positionForgotten(BlockDevice device) {
    return new FilterBlockDevice(device) {
      @Override
      public void read(ByteBuffer dst, long offset) throws java.io.IOException {
        next.read(dst.duplicate(), offset);
      }
    };
  }
}
