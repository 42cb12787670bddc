package org.nbdcore.chain;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;

/** Decides what has to be emulated for a device. */
final class Emulation {

  private Emulation() {}

  /**
   * Returns the device itself if it needs no emulation, so there is no cost. Otherwise returns a
   * device whose capabilities are {@link Support#NATIVE} where {@code device} said {@link
   * Support#EMULATE}.
   *
   * @param session for which it was opened
   */
  static BlockDevice over(BlockDevice device, Session session) throws IOException {
    Capabilities inner = device.capabilities();
    Capabilities outer = inner;
    if (inner.cache() == Support.EMULATE) {
      outer = outer.withCache(Support.NATIVE).withCacheDiscards(true);
    }
    if (inner.write()) {
      if (inner.fua() == Support.EMULATE) {
        // Without a flush there is nothing to emulate it with.
        outer =
            outer
                .withFua(inner.flush() ? Support.NATIVE : Support.NONE)
                .withFuaFlushes(inner.flush());
      }
      if (inner.zero() == Support.EMULATE) {
        // A fast zero fails at once, which is all that is promised of it.
        outer = outer.withZero(Support.NATIVE).withFastZero(true);
      }
    }
    return outer == inner ? device : new EmulatingDevice(device, session, inner, outer);
  }
}
