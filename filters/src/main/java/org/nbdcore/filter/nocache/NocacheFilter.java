package org.nbdcore.filter.nocache;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Support;

/** Changes how cache requests are handled. */
final class NocacheFilter implements Filter {

  private final NocacheMode mode;

  NocacheFilter(NocacheMode mode) {
    this.mode = mode;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    BlockDevice device = next.open(request);
    return switch (mode) {
      case NONE -> CapabilityDevice.of(device, below -> below.withCache(Support.NONE));
      case EMULATE -> CapabilityDevice.of(device, below -> below.withCache(Support.EMULATE));
      case NOP -> new IgnoringDevice(device);
    };
  }

  private static final class IgnoringDevice extends PassThroughDevice {

    IgnoringDevice(BlockDevice next) {
      super(next);
    }

    @Override
    public Capabilities capabilities() throws IOException {
      return next.capabilities().withCache(Support.NATIVE).withCacheDiscards(true);
    }

    @Override
    public void cache(long offset, long length) {}
  }
}
