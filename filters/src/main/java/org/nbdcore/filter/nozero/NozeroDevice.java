package org.nbdcore.filter.nozero;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.Zeroes;

/** Writes zeroes out, or passes them on with fewer flags. */
final class NozeroDevice extends PassThroughDevice {

  private static final int CHUNK = Zeroes.LARGEST_BUFFER; // a multiple of any minimum block size

  private final ZeroMode zero;
  private final FastZeroMode fastZero;
  private final Capabilities capabilities;
  private final int chunk;
  private final Session session;

  NozeroDevice(BlockDevice next, ZeroMode zero, FastZeroMode fastZero, Session session)
      throws IOException {
    super(next);
    this.session = session;
    this.zero = zero;
    this.fastZero = fastZero;
    Capabilities below = next.capabilities();
    chunk = (int) Math.min(CHUNK, below.blockSizes().maximum());
    Capabilities offered = zero == ZeroMode.EMULATE ? below.withZero(Support.NATIVE) : below;
    capabilities =
        switch (fastZero) {
          case NONE -> offered.withFastZero(false);
          case SLOW, IGNORE -> offered.withFastZero(true);
          case DEFAULT -> offered;
        };
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    if (fastZero == FastZeroMode.SLOW && flags.has(Flags.FAST_ZERO)) {
      throw new NbdException(
          NbdError.ENOTSUP, "fast zeroes are refused because of fast-zero-mode=slow");
    }
    Flags kept = fastZero == FastZeroMode.IGNORE ? flags.without(Flags.FAST_ZERO) : flags;
    if (zero == ZeroMode.EMULATE) {
      writeOut(offset, length, kept.only(Flags.FUA));
    } else {
      next.zero(offset, length, zero == ZeroMode.NOTRIM ? kept.without(Flags.MAY_TRIM) : kept);
    }
  }

  private void writeOut(long offset, long length, Flags flags) throws IOException {
    long end = offset + length;
    int step;
    for (long at = offset; at < end; at += step) {
      session.requireConnected();
      step = (int) Math.min(chunk, end - at);
      next.write(Zeroes.buffer(step), at, flags);
    }
  }
}
