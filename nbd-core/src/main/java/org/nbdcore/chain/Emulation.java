package org.nbdcore.chain;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;

/** Decides which operations of a device the server must emulate. */
final class Emulation {

  private Emulation() {}

  /**
   * Returns the device itself if it needs no emulation. Otherwise returns a device that replaces
   * each {@link Support#EMULATE} of {@code device} with {@link Support#NATIVE}.
   *
   * @param session the session that opened the device
   */
  static BlockDevice over(BlockDevice device, Session session) throws IOException {
    Capabilities inner = device.capabilities();
    Capabilities outer = inner;
    if (inner.cache() == Support.EMULATE) {
      outer = outer.withCache(Support.NATIVE).withCacheDiscards(true);
    }
    if (inner.write()) {
      if (inner.fua() == Support.EMULATE) {
        // Without flush, FUA cannot be emulated.
        outer =
            outer
                .withFua(inner.flush() ? Support.NATIVE : Support.NONE)
                .withFuaFlushes(inner.flush());
      }
      if (inner.zero() == Support.EMULATE) {
        // A fast zero fails at once, which the protocol allows.
        outer = outer.withZero(Support.NATIVE).withFastZero(true);
      }
    }
    return outer == inner ? device : new EmulatingDevice(device, session, inner, outer);
  }
}
