package org.nbdcore.filter.composition;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.PluginProvider;

/** A test's layer, as the plugin of a chain. */
public record Bottom(Backend layer) implements PluginProvider {

  @Override
  public String name() {
    return "model";
  }

  @Override
  public String description() {
    return "a model";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Plugin create(Config config) {
    return new Plugin() {
      @Override
      public BlockDevice open(OpenRequest request) throws IOException {
        return layer.open(request);
      }
    };
  }
}
