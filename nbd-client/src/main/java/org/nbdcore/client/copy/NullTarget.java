package org.nbdcore.client.copy;

import java.nio.ByteBuffer;

/** Discards all data: the destination {@code null:}. */
final class NullTarget implements CopyTarget {

  @Override
  public long size() {
    return -1;
  }

  @Override
  public void write(int worker, ByteBuffer src, long offset) {
    src.position(src.limit());
  }

  @Override
  public void zero(int worker, long offset, long length) {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "destination null:";
  }
}
