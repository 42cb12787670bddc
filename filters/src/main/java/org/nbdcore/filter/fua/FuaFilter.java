package org.nbdcore.filter.fua;

import java.io.IOException;
import org.nbdcore.filter.common.Layers;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;

/** Checks that the layer below can do what the mode needs. */
final class FuaFilter implements Filter {

  private final FuaMode mode;
  private final boolean flushOnClose;

  FuaFilter(FuaMode mode, boolean flushOnClose) {
    this.mode = mode;
    this.flushOnClose = flushOnClose;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return Layers.wrap(
        next.open(request),
        device -> {
          Capabilities below = device.capabilities();
          if (below.write()) {
            check(below);
          }
          return new FuaDevice(device, below, mode, flushOnClose && below.write());
        });
  }

  private void check(Capabilities below) throws NbdException {
    if (flushOnClose && !below.flush()) {
      throw lacking("flush-on-close=true needs a layer below that can flush");
    }
    if (mode == FuaMode.EMULATE && !below.flush()) {
      throw lacking("fuamode=emulate needs a layer below that can flush");
    }
    if (mode == FuaMode.NATIVE && below.fua() == Support.NONE) {
      throw lacking("fuamode=native needs a layer below that offers FUA");
    }
    if (mode == FuaMode.FORCE && below.fua() == Support.NONE) {
      throw lacking("fuamode=force needs a layer below that offers FUA");
    }
  }

  private static NbdException lacking(String what) {
    return new NbdException(NbdError.EINVAL, what);
  }
}
