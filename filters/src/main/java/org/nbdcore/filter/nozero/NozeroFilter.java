package org.nbdcore.filter.nozero;

import java.io.IOException;
import java.util.Locale;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CapabilityDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.BlockDevices;

/** Chooses the cheapest device for the combination of two modes. */
final class NozeroFilter implements Filter {

  private final ZeroMode zero;
  private final FastZeroMode fastZero;

  NozeroFilter(ZeroMode zero, FastZeroMode fastZero) {
    this.zero = zero;
    this.fastZero = fastZero;
  }

  @Override
  public BlockDevice open(OpenRequest request, Backend next) throws IOException {
    return BlockDevices.wrap(next.open(request), below -> wrap(below, request.session()));
  }

  private BlockDevice wrap(BlockDevice device, Session session) throws IOException {
    Capabilities below = device.capabilities();
    if (!below.write()) {
      return device;
    }
    switch (zero) {
      case NONE:
        return CapabilityDevice.of(device, below.withZero(Support.NONE).withFastZero(false));
      case EMULATE:
        if (fastZero == FastZeroMode.DEFAULT || fastZero == FastZeroMode.SLOW) {
          return CapabilityDevice.of(device, below.withZero(Support.EMULATE));
        }
        break;
      default:
        checkOffered(below);
        if (zero == ZeroMode.PLUGIN && fastZero == FastZeroMode.DEFAULT) {
          return device;
        }
        if (zero == ZeroMode.PLUGIN && fastZero == FastZeroMode.NONE) {
          return CapabilityDevice.of(device, below.withFastZero(false));
        }
    }
    return new NozeroDevice(device, zero, fastZero, session);
  }

  private void checkOffered(Capabilities below) throws IOException {
    if (below.zero() == Support.NONE) {
      throw new NbdException(
          NbdError.EINVAL,
          "zero-mode="
              + zero.name().toLowerCase(Locale.ROOT)
              + " passes zeroes on, but the layer below does not offer them; use"
              + " zero-mode=emulate");
    }
  }
}
