package org.nbdcore.plugin.data;

import java.io.IOException;

/** A part of an expression. */
final class Slice implements Expression {

  /** Stands for the end of the expression. */
  static final long END = -1;

  private final Expression whole;
  private final long from;
  private final long to;
  private final SourcePosition position;

  Slice(Expression whole, long from, long to, SourcePosition position) {
    this.whole = whole;
    this.from = from;
    this.to = to;
    this.position = position;
  }

  private long end() throws IOException {
    long length = whole.length();
    long end = to == END ? length : to;
    if (from == end) {
      return end; // nothing is part of anything
    }
    if (from > end || end > length) {
      String text = "[" + from + ":" + (to == END ? "" : to) + "]";
      throw position.failure("there is no part " + text + " of " + length + " bytes");
    }
    return end;
  }

  @Override
  public long length() throws IOException {
    return end() - from;
  }

  @Override
  public boolean blank() throws IOException {
    return whole.blank() || length() == 0;
  }

  @Override
  public void write(ByteTarget target, long at, long start, long end) throws IOException {
    whole.write(target, at, from + start, from + end);
  }
}
