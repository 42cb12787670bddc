package org.nbdcore.plugin.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nbdcore.spi.Zeroes;

/** Literal bytes. */
final class Literal implements Expression {

  private final byte[] bytes;

  /** Takes over {@code bytes}. */
  Literal(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Both, one after the other. */
  Literal then(Literal next) {
    byte[] both = Arrays.copyOf(bytes, bytes.length + next.bytes.length);
    System.arraycopy(next.bytes, 0, both, bytes.length, next.bytes.length);
    return new Literal(both);
  }

  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public boolean blank() {
    return Zeroes.isZero(ByteBuffer.wrap(bytes), 0, bytes.length);
  }

  @Override
  public void write(ByteTarget target, long at, long from, long to) throws IOException {
    target.write(ByteBuffer.wrap(bytes, (int) from, (int) (to - from)), at);
  }
}
