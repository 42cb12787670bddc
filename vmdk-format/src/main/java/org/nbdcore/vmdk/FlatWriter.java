package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes to a flat extent, in which every byte has a fixed position. */
final class FlatWriter implements ExtentWriter {
  private final OpenFile file;
  private final FileHoles holes; // null if no holes can be made
  private final long start;
  private final ScratchBuffers scratch = new ScratchBuffers();

  /**
   * @param holes makes holes, if the file system can; null if it cannot
   * @param start where the extent begins in its file, in bytes
   */
  FlatWriter(OpenFile file, FileHoles holes, long start) {
    this.file = file;
    this.holes = holes;
    this.start = start;
  }

  @Override
  public void write(ByteBuffer src, int n, long offset) throws IOException {
    file.write(src, n, start + offset);
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    if (zeroesQuickly()) {
      holes.punch(start + offset, length);
    } else {
      writeZeroes(offset, length);
    }
  }

  private void writeZeroes(long offset, long length) throws IOException {
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
      scratch.release(buffer);
    }
  }

  /** Makes a hole in the host's file if possible; otherwise the extent keeps its storage. */
  @Override
  public void trim(long offset, long length) throws IOException {
    if (zeroesQuickly()) {
      holes.punch(start + offset, length);
    }
  }

  @Override
  public boolean zeroesQuickly() throws IOException {
    return holes != null && holes.canPunch();
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
