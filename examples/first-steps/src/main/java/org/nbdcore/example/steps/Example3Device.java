package org.nbdcore.example.steps;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Zeroes;

/** A temporary file, which is deleted when its client disconnects. */
final class Example3Device implements BlockDevice {

  private final FileChannel channel;
  private final long size;

  private Example3Device(FileChannel channel, long size) {
    this.channel = channel;
    this.size = size;
  }

  static Example3Device open(long size) throws IOException {
    Path file = Files.createTempFile("nbd-core-example3", "");
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    return new Example3Device(channel, size);
  }

  @Override
  public long size() {
    return size;
  }

  /** Does not offer multi-conn, because each connection has its own disk. */
  @Override
  public Capabilities capabilities() {
    return Capabilities.readWrite().withFlush(true);
  }

  /** The file ends after the last written byte. The rest of the disk reads as zeroes. */
  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    long at = offset;
    while (dst.hasRemaining()) {
      int count = channel.read(dst, at);
      if (count < 0) {
        Zeroes.fill(dst);
      } else {
        at += count;
      }
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    long at = offset;
    while (src.hasRemaining()) {
      at += channel.write(src, at);
    }
  }

  /** Does nothing, because the data need not outlive the client. */
  @Override
  public void flush() {}

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
