package org.nbdcore.filter.nozero;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Support;

/** Changes zero requests; everything else, trims included, passes. */
final class NozeroDevice extends FilterBlockDevice {

  private static final int CHUNK = 256 << 10;

  private static final class Zeroes {
    static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(CHUNK).asReadOnlyBuffer();
  }

  private final ZeroMode mode;
  private final FastZeroMode fastMode;
  private final Capabilities below;
  private final long step;

  NozeroDevice(BlockDevice next, ZeroMode mode, FastZeroMode fastMode) throws IOException {
    super(next);
    this.mode = mode;
    this.fastMode = fastMode;
    this.below = next.capabilities();
    long longest = Math.min(CHUNK, below.blockSizes().maximum());
    this.step = longest / below.blockSizes().minimum() * below.blockSizes().minimum();
  }

  @Override
  public Capabilities capabilities() {
    if (mode == ZeroMode.NONE) {
      return below.withZero(Support.NONE).withFastZero(false);
    }
    Capabilities offered = mode == ZeroMode.EMULATE ? below.withZero(Support.NATIVE) : below;
    return switch (fastMode) {
      case NONE -> offered.withFastZero(false);
      case SLOW, IGNORE -> offered.withFastZero(true);
      case DEFAULT -> mode == ZeroMode.EMULATE ? offered.withFastZero(true) : offered;
    };
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    if (!below.write() || mode == ZeroMode.NONE) {
      throw new NbdException(NbdError.EPERM, "this disk takes no zero requests");
    }
    int passed = flags;
    if ((flags & Flags.FAST_ZERO) != 0) {
      boolean refused =
          fastMode == FastZeroMode.SLOW
              || fastMode == FastZeroMode.DEFAULT && mode == ZeroMode.EMULATE;
      if (refused) {
        throw new NbdException(NbdError.ENOTSUP, "zeroes are not fast (nozero filter)");
      }
      if (fastMode == FastZeroMode.IGNORE) {
        passed &= ~Flags.FAST_ZERO;
      }
    }
    if (mode == ZeroMode.EMULATE) {
      writeZeroes(offset, length, passed & Flags.FUA);
    } else {
      next.zero(offset, length, mode == ZeroMode.NOTRIM ? passed & ~Flags.MAY_TRIM : passed);
    }
  }

  private void writeZeroes(long offset, long length, int flags) throws IOException {
    ByteBuffer zeroes = Zeroes.BUFFER.duplicate();
    for (long left = length; left > 0; left -= step) {
      next.write(zeroes.clear().limit((int) Math.min(step, left)), offset + length - left, flags);
    }
  }
}
