package org.nbdcore.client.copy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** Standard input or output, or another file that can only be read or written sequentially. */
final class PipeStream implements CopySource, CopyTarget {

  private final String name;
  private final ByteChannel channel;

  /** Number of bytes read or written so far, for messages. */
  private long position;

  PipeStream(String name, ByteChannel channel) {
    this.name = name;
    this.channel = channel;
  }

  @Override
  public long size() {
    return -1;
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void read(int worker, ByteBuffer dst, long offset) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void next(ByteBuffer dst) throws IOException {
    try {
      while (dst.hasRemaining()) {
        int count = channel.read(dst);
        if (count < 0) {
          return;
        }
        position += count;
      }
    } catch (IOException e) {
      throw FileErrors.failure(name + ": read at offset " + position, e);
    }
  }

  @Override
  public void write(int worker, ByteBuffer src, long offset) throws IOException {
    try {
      while (src.hasRemaining()) {
        position += channel.write(src);
      }
    } catch (IOException e) {
      throw FileErrors.failure(name + ": write at offset " + position, e);
    }
  }

  @Override
  public void zero(int worker, long offset, long length) throws IOException {
    ZeroData.write(this, worker, offset, length);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
