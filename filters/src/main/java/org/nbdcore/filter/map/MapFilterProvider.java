package org.nbdcore.filter.map;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.helpers.BlockDevices;

/** Provides {@code --filter=map}. */
public final class MapFilterProvider implements FilterProvider {

  private static final Parameter<Rule> MAP =
      Parameter.of(
              "map",
              "START-END:DEST",
              "Read and write the bytes from START to END, both included, at offset DEST of the"
                  + " layer below.",
              Rule::parse)
          .repeatable();

  private static final Parameter<Long> SIZE =
      Parameter.size("map-size", "Size of the disk; by default that of the layer below.");

  @Override
  public String name() {
    return "map";
  }

  @Override
  public String description() {
    return "move ranges of the disk to other offsets";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(MAP, SIZE);
  }

  @Override
  public Filter create(Config config) {
    Mapping mapping = new Mapping(config.all(MAP));
    long size = config.find(SIZE).orElse(-1L);
    return new Filter() {
      @Override
      public BlockDevice open(OpenRequest request, Backend next) throws IOException {
        return BlockDevices.wrap(next.open(request), below -> new MapDevice(below, mapping, size));
      }
    };
  }
}
