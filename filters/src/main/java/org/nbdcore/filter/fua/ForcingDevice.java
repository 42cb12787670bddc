package org.nbdcore.filter.fua;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Support;

/** Writes through: every change is durable when it returns. */
final class ForcingDevice extends PassThroughDevice {

  private final Capabilities capabilities;
  private final boolean nativeFua;

  ForcingDevice(BlockDevice next) throws IOException {
    super(next);
    Capabilities below = next.capabilities();
    nativeFua = below.fua() == Support.NATIVE;
    capabilities = below.withFua(Support.NATIVE).withFlush(true);
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    next.write(src, offset, forced(flags));
    force();
  }

  /** Declines if a flush must follow the write. */
  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    return nativeFua && super.writeAsync(src, offset, forced(flags), completion);
  }

  /** Does nothing, because every change is already durable. */
  @Override
  public void flush() {}

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    next.trim(offset, length, forced(flags));
    force();
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    next.zero(offset, length, forced(flags));
    force();
  }

  private Flags forced(Flags flags) {
    return nativeFua ? flags.with(Flags.FUA) : flags.without(Flags.FUA);
  }

  private void force() throws IOException {
    if (!nativeFua) {
      next.flush();
    }
  }
}
