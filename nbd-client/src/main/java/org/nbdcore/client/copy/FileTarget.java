package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A local file or block device as the destination. A file is truncated first, and gets the length
 * of the source at the end, so unwritten ranges are holes. A block device keeps its size.
 */
final class FileTarget implements CopyTarget {

  private final Path path;
  private final boolean regular;
  private final boolean allocated;
  private final boolean isZero;
  private final FileChannel channel;
  private final long size;

  FileTarget(Path path, CopyOptions options) throws IOException {
    this.path = path;
    regular = !java.nio.file.Files.exists(path) || java.nio.file.Files.isRegularFile(path);
    allocated = options.allocated();
    isZero = (regular || options.destinationIsZero()) && !allocated;
    try {
      channel =
          FileChannel.open(
              path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
      size = regular ? -1 : channel.size();
    } catch (IOException e) {
      throw FileErrors.failure("destination " + path, e);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int preferredHole() {
    return isZero ? 1 : 0;
  }

  @Override
  public void begin(long sourceSize) throws IOException {
    if (regular) {
      try {
        channel.truncate(0);
      } catch (IOException e) {
        throw FileErrors.failure("destination " + path + ": setting the size to 0", e);
      }
    }
  }

  @Override
  public void write(int worker, ByteBuffer src, long offset) throws IOException {
    long at = offset;
    try {
      while (src.hasRemaining()) {
        at += channel.write(src, at);
      }
    } catch (IOException e) {
      throw FileErrors.failure("destination " + path + ": write at offset " + at, e);
    }
  }

  @Override
  public void zero(int worker, long offset, long length) throws IOException {
    if (!isZero) {
      ZeroData.write(this, worker, offset, length);
    }
  }

  @Override
  public void end(long end) throws IOException {
    try {
      if (regular && channel.size() < end) {
        // Only RandomAccessFile can extend a file without a write, but not files of every name.
        channel.write(ByteBuffer.allocate(1), end - 1);
      }
    } catch (IOException e) {
      throw FileErrors.failure("destination " + path + ": setting the size to " + end, e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw FileErrors.failure("destination " + path + ": flush", e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return "destination " + path;
  }
}
