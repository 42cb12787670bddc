package org.nbdcore.filter.fua;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Support;

/** Accepts flush and FUA, but ignores them. */
final class DiscardingDevice extends PassThroughDevice {

  DiscardingDevice(BlockDevice next) {
    super(next);
  }

  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withFua(Support.NATIVE).withFlush(true);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    next.write(src, offset, flags.without(Flags.FUA));
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, Flags flags, CompletionHandler completion)
      throws IOException {
    return super.writeAsync(src, offset, flags.without(Flags.FUA), completion);
  }

  @Override
  public void flush() {}

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    next.trim(offset, length, flags.without(Flags.FUA));
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    next.zero(offset, length, flags.without(Flags.FUA));
  }
}
