package org.nbdcore.plugin.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Collects a short expression in an array. */
final class ByteArrayTarget implements ByteTarget {

  private final byte[] bytes;

  private ByteArrayTarget(int length) {
    bytes = new byte[length];
  }

  static byte[] of(Expression expression) throws IOException {
    int length = Math.toIntExact(expression.length());
    ByteArrayTarget target = new ByteArrayTarget(length);
    expression.write(target, 0, 0, length);
    return target.bytes;
  }

  @Override
  public void write(ByteBuffer src, long offset) {
    src.get(bytes, (int) offset, src.remaining());
  }

  @Override
  public void zero(long offset, long length) {
    Arrays.fill(bytes, (int) offset, (int) (offset + length), (byte) 0);
  }
}
