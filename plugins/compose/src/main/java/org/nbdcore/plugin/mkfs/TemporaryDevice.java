package org.nbdcore.plugin.mkfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.helpers.BlockDevices;

/**
 * A disk of one client. It need not be durable, because it is deleted when the client disconnects.
 */
final class TemporaryDevice extends PassThroughDevice {

  TemporaryDevice(BlockDevice file) {
    super(file);
  }

  @Override
  public Capabilities capabilities() throws IOException {
    Capabilities file = next.capabilities().withMultiConn(false);
    return file.write() ? file.withFlush(true).withFua(Support.NATIVE) : file;
  }

  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    return BlockDevices.readZeroCopy(next, offset, length, buffers);
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    next.write(src, offset, flags.without(Flags.FUA));
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
