package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes to a flat extent, in which every byte has a fixed place. */
final class FlatWriter implements ExtentWriter {
  private final OpenFile file;
  private final long start;
  private final ScratchBuffers scratch = new ScratchBuffers();

  /**
   * @param start where the extent begins in its file, in bytes
   */
  FlatWriter(OpenFile file, long start) {
    this.file = file;
    this.start = start;
  }

  @Override
  public void write(ByteBuffer src, int n, long offset) throws IOException {
    file.write(src, n, start + offset);
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    ByteBuffer buffer = scratch.take();
    try {
      buffer.clear();
      Zeros.put(buffer, buffer.capacity());
      long at = start + offset;
      long end = at + length;
      while (at < end) {
        int n = (int) Math.min(buffer.capacity(), end - at);
        file.write(buffer.clear(), n, at);
        at += n;
      }
    } finally {
      scratch.giveBack(buffer);
    }
  }

  /** Does nothing: a flat extent keeps its storage. */
  @Override
  public void trim(long offset, long length) {}

  @Override
  public boolean zeroesQuickly() {
    return false;
  }

  @Override
  public void flush() throws IOException {
    file.force(false);
  }

  @Override
  public void settle() throws IOException {
    file.force(true);
  }
}
