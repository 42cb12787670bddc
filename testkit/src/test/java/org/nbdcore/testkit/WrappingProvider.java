package org.nbdcore.testkit;

import java.io.IOException;
import java.util.List;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Parameter;

/** A filter that forwards everything; {@link #wrapping} creates one that a test supplies. */
public class WrappingProvider implements FilterProvider {

  /** What a filter does with the device below. */
  interface Wrapper {
    BlockDevice open(OpenRequest request, Backend next) throws IOException;
  }

  static FilterProvider wrapping(Wrapper wrapper) {
    return new WrappingProvider() {
      @Override
      public Filter create(Config config) {
        return new Filter() {
          @Override
          public BlockDevice open(OpenRequest request, Backend next) throws IOException {
            return wrapper.open(request, next);
          }
        };
      }
    };
  }

  @Override
  public String name() {
    return "wrapping";
  }

  @Override
  public String description() {
    return "Does what a test wants";
  }

  @Override
  public List<Parameter<?>> parameters() {
    return List.of();
  }

  @Override
  public Filter create(Config config) {
    return new Filter() {};
  }
}
