package org.nbdcore.plugin.data;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A repeated expression. */
final class Repeated implements Expression {

  /** Short pieces are combined to about this many bytes, so that filling is fast. */
  private static final int BATCH = 64 << 10;

  private final Expression each;
  private final long times;
  private final SourcePosition position;

  Repeated(Expression each, long times, SourcePosition position) {
    this.each = each;
    this.times = times;
    this.position = position;
  }

  @Override
  public long length() throws IOException {
    try {
      return Math.multiplyExact(each.length(), times);
    } catch (ArithmeticException e) {
      throw position.failure(
          "repeating " + each.length() + " bytes " + times + " times is too much");
    }
  }

  @Override
  public boolean blank() throws IOException {
    return times == 0 || each.blank();
  }

  @Override
  public void write(ByteTarget target, long at, long from, long to) throws IOException {
    if (from >= to) {
      return;
    }
    if (blank()) {
      target.zero(at, to - from);
      return;
    }
    long length = each.length();
    if (length <= BATCH / 2) {
      writeBatches(target, at, from, to);
      return;
    }
    for (long done = from; done < to; ) {
      long within = done % length;
      long step = Math.min(length - within, to - done);
      each.write(target, at + done - from, within, within + step);
      done += step;
    }
  }

  private void writeBatches(ByteTarget target, long at, long from, long to) throws IOException {
    int length = (int) each.length();
    int copies = (int) Math.min(times, BATCH / length);
    byte[] batch = ByteArrayTarget.of(each);
    byte[] many = new byte[length * copies];
    for (int i = 0; i < many.length; i += length) {
      System.arraycopy(batch, 0, many, i, length);
    }
    for (long done = from; done < to; ) {
      int within = (int) (done % length);
      int step = (int) Math.min(many.length - within, to - done);
      target.write(ByteBuffer.wrap(many, within, step), at + done - from);
      done += step;
    }
  }
}
