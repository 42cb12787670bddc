package org.nbdcore.plugin.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.nbdcore.vmdk.OpenFile;

/** An {@link OpenFile} as a channel, which leaves the file open. For one thread. */
final class OpenFileChannel implements SeekableByteChannel {
  private final OpenFile file;
  private long position;
  private boolean open = true;

  OpenFileChannel(OpenFile file) {
    this.file = file;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    if (position >= file.size()) {
      return -1;
    }
    int n = (int) Math.min(dst.remaining(), file.size() - position);
    file.read(dst, n, position);
    position += n;
    return n;
  }

  @Override
  public int write(ByteBuffer src) {
    throw new NonWritableChannelException();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
