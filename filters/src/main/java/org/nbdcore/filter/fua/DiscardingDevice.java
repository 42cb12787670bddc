package org.nbdcore.filter.fua;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Support;

/** Says that it makes things durable, and does not. */
final class DiscardingDevice extends PassThroughDevice {

  DiscardingDevice(BlockDevice next) {
    super(next);
  }

  @Override
  public Capabilities capabilities() throws IOException {
    return next.capabilities().withFua(Support.NATIVE).withFlush(true);
  }

  @Override
  public void write(ByteBuffer src, long offset, int flags) throws IOException {
    next.write(src, offset, flags & ~Flags.FUA);
  }

  @Override
  public boolean writeAsync(ByteBuffer src, long offset, int flags, CompletionHandler completion)
      throws IOException {
    return super.writeAsync(src, offset, flags & ~Flags.FUA, completion);
  }

  @Override
  public void flush() {}

  @Override
  public void trim(long offset, long length, int flags) throws IOException {
    next.trim(offset, length, flags & ~Flags.FUA);
  }

  @Override
  public void zero(long offset, long length, int flags) throws IOException {
    next.zero(offset, length, flags & ~Flags.FUA);
  }
}
