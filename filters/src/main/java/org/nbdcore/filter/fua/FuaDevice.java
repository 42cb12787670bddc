package org.nbdcore.filter.fua;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Support;

/** Changes the FUA flag of everything that writes; reads, extents and cache requests pass. */
final class FuaDevice extends FilterBlockDevice {

  private final Capabilities below;
  private final FuaMode mode;
  private final boolean flushOnClose;

  FuaDevice(BlockDevice next, Capabilities below, FuaMode mode, boolean flushOnClose) {
    super(next);
    this.below = below;
    this.mode = mode;
    this.flushOnClose = flushOnClose;
  }

  @Override
  public Capabilities capabilities() {
    return switch (mode) {
      case DISCARD, FORCE -> below.withFlush(true).withFua(Support.NATIVE);
      case PASS -> below;
      case NONE -> below.withFua(Support.NONE);
      case EMULATE -> below.withFua(Support.EMULATE);
      case NATIVE -> below.withFua(Support.NATIVE);
    };
  }

  private int flags(int flags) {
    return switch (mode) {
      case FORCE -> flags | Flags.FUA;
      case DISCARD -> flags & ~Flags.FUA;
      default -> flags;
    };
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    next.write(src, offset, flags(flags));
  }

  @Override
  public void flush() throws IOException {
    if (mode != FuaMode.DISCARD && mode != FuaMode.FORCE) {
      next.flush();
    }
  }

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    next.trim(offset, length, flags(flags));
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    next.zero(offset, length, flags(flags));
  }

  @Override
  public void close() throws IOException {
    try {
      if (flushOnClose) {
        next.flush();
      }
    } finally {
      next.close();
    }
  }
}
