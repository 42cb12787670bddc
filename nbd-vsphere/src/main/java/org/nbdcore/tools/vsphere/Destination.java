package org.nbdcore.tools.vsphere;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.nbdcore.client.NbdClient;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.Flags;

/** Destination of one disk's copy. Several threads may write at the same time. */
interface Destination extends Closeable {

  void write(ByteBuffer src, long offset) throws IOException;

  /** Returns when all completed writes are durable. */
  void flush() throws IOException;

  /**
   * Opens a file and gives it a size.
   *
   * @param keep number of bytes at the start that stay unchanged; the rest becomes a hole
   */
  static Destination file(Path path, long size, long keep) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      channel.truncate(Math.min(size, keep));
      if (channel.size() < size) {
        channel.write(ByteBuffer.allocate(1), size - 1);
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new Destination() {
      @Override
      public void write(ByteBuffer src, long offset) throws IOException {
        long at = offset;
        while (src.hasRemaining()) {
          at += channel.write(src, at);
        }
      }

      @Override
      public void flush() throws IOException {
        channel.force(true);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  /** Connects to an NBD server and zeroes the ranges that will not be written. */
  static Destination nbd(String uri, long size, Ranges parts) throws IOException {
    NbdClient client = NbdClient.connect(NbdUri.parse(uri));
    try {
      if (client.size() < size) {
        throw new IOException(uri + " has " + client.size() + " bytes, too few for " + size);
      }
      for (long[] gap : parts.gaps(size)) {
        for (long at = gap[0]; at < gap[1]; at += 1 << 30) {
          client.zero(at, Math.min(1 << 30, gap[1] - at), Flags.MAY_TRIM);
        }
      }
    } catch (IOException | RuntimeException e) {
      client.close();
      throw e;
    }
    return new Destination() {
      @Override
      public void write(ByteBuffer src, long offset) throws IOException {
        client.write(src, offset);
      }

      @Override
      public void flush() throws IOException {
        client.flush();
      }

      @Override
      public void close() {
        client.close();
      }
    };
  }
}
