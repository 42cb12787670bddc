package org.nbdcore.filter.nozero;

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
final class NozeroFilter implements Filter {

  private final ZeroMode mode;
  private final FastZeroMode fastMode;

  NozeroFilter(ZeroMode mode, FastZeroMode fastMode) {
    this.mode = mode;
    this.fastMode = fastMode;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return Layers.wrap(
        next.open(request),
        device -> {
          Capabilities below = device.capabilities();
          boolean passes = mode == ZeroMode.NOTRIM || mode == ZeroMode.PLUGIN;
          if (passes && below.write() && below.zero() == Support.NONE) {
            throw new NbdException(
                NbdError.EINVAL,
                "zeromode="
                    + (mode == ZeroMode.NOTRIM ? "notrim" : "plugin")
                    + " needs a layer below that can zero; use none or emulate");
          }
          return new NozeroDevice(device, mode, fastMode);
        });
  }
}
