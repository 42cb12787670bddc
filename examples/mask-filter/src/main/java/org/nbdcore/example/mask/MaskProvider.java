package org.nbdcore.example.mask;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;

/** Declares {@code mask}, and creates the filter. */
public final class MaskProvider implements FilterProvider {

  static final Parameter<Long> KEY =
      Parameter.integer("mask-key", 0, 255, "Key to combine with every byte.").defaultValue(255L);

  @Override
  public String name() {
    return "mask";
  }

  @Override
  public String description() {
    return "Example: combines every byte with a key";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of(KEY);
  }

  @Override
  public Filter create(Config config) {
    int key = config.get(KEY).intValue();
    return new Filter() {
      @Override
      public BlockDevice open(OpenRequest request, Backend next) throws IOException {
        return new MaskDevice(next.open(request), key);
      }
    };
  }
}
