package org.nbdcore.client.copy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A local file or block device as the source. The JDK does not report its holes. */
final class FileSource implements CopySource {

  private final Path path;
  private final FileChannel channel;
  private final long size;

  FileSource(Path path) throws IOException {
    this.path = path;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      size = channel.size();
    } catch (IOException e) {
      throw FileErrors.failure("source " + path, e);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(int worker, ByteBuffer dst, long offset) throws IOException {
    long at = offset;
    try {
      while (dst.hasRemaining()) {
        int count = channel.read(dst, at);
        if (count < 0) {
          throw new EOFException("the file has become shorter");
        }
        at += count;
      }
    } catch (IOException e) {
      throw FileErrors.failure("source " + path + ": read at offset " + at, e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return "source " + path;
  }
}
