package org.nbdcore.example.steps;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** A file, opened for one client. */
final class Example2Device implements BlockDevice {

  private static final Log LOG = Log.of("example2");

  private final FileChannel channel;
  private final long size;
  private final boolean extra;

  private Example2Device(FileChannel channel, long size, boolean extra) {
    this.channel = channel;
    this.size = size;
    this.extra = extra;
  }

  static Example2Device open(Path file, boolean extra) throws IOException {
    FileChannel channel = FileChannel.open(file);
    return new Example2Device(channel, channel.size(), extra);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.readOnly().withMultiConn(true);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    if (extra) {
      LOG.info("reading " + dst.remaining() + " bytes at " + offset);
    }
    long at = offset;
    while (dst.hasRemaining()) {
      int count = channel.read(dst, at); // may be fewer bytes than requested
      if (count < 0) {
        throw new NbdException(NbdError.EIO, "the file ends at " + at + ": it was made shorter");
      }
      at += count;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
