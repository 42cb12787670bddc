package org.nbdcore.filter.fua;

import java.io.IOException;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.BlockDevices;

/** Checks that the layer below can do what a mode needs, and chooses the device for it. */
final class FuaFilter implements Filter {

  private final FuaMode mode;
  private final boolean flushOnClose;

  FuaFilter(FuaMode mode, boolean flushOnClose) {
    this.mode = mode;
    this.flushOnClose = flushOnClose;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(next.open(request), this::wrap);
  }

  private BlockDevice wrap(BlockDevice device) throws IOException {
    Capabilities below = device.capabilities();
    if (!below.write()) {
      return device; // a read-only disk has nothing to make durable
    }
    if (flushOnClose && !below.flush()) {
      throw refused("flush-on-close=true needs a layer below that can flush");
    }
    BlockDevice flushed = flushOnClose ? new FlushOnCloseDevice(device) : device;
    return switch (mode) {
      case NONE -> CapabilityDevice.of(flushed, below.withFua(Support.NONE));
      case EMULATE -> {
        if (!below.flush()) {
          throw refused("fua-mode=emulate needs a layer below that can flush");
        }
        yield CapabilityDevice.of(flushed, below.withFua(Support.EMULATE));
      }
      case NATIVE -> {
        checkFua(below);
        yield flushed;
      }
      case FORCE -> {
        checkFua(below);
        yield new ForcingDevice(flushed);
      }
      case PASS -> flushed;
      case DISCARD -> new DiscardingDevice(flushed);
    };
  }

  private void checkFua(Capabilities below) throws NbdException {
    if (below.fua() == Support.NONE) {
      throw refused(
          "fua-mode=" + mode.word() + " needs a layer below that can force unit access or flush");
    }
  }

  private static NbdException refused(String message) {
    return new NbdException(NbdError.EINVAL, message);
  }
}
