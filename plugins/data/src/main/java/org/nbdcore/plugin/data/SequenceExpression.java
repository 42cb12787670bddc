package org.nbdcore.plugin.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** Expressions one after the other, and jumps between them. Skipped ranges are zeroes. */
final class SequenceExpression implements Expression {

  /** A step: moves the offset, having put an expression there or not. */
  interface Step {

    /** Returns the offset after this step. */
    long take(SequenceExpression group, long offset) throws IOException;
  }

  private record Positioned(long offset, Expression expression) {}

  private final List<Step> steps;
  private List<Positioned> layout; // null until the length is asked for
  private boolean gaps;
  private long length;

  SequenceExpression(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /** Puts an expression. */
  static Step put(Expression expression, SourcePosition position) {
    return (group, offset) -> {
      group.layout.add(new Positioned(offset, expression));
      return position.end(offset, expression.length());
    };
  }

  /** Moves the offset. */
  static Step move(LongUnaryOperator from, SourcePosition position) {
    return (group, offset) -> {
      group.gaps = true;
      long to = from.applyAsLong(offset);
      if (to < 0) {
        throw position.failure("the offset is " + offset + " here and cannot become " + to);
      }
      return to;
    };
  }

  private void lay() throws IOException {
    if (layout != null) {
      return;
    }
    layout = new ArrayList<>();
    long offset = 0;
    for (Step step : steps) {
      offset = step.take(this, offset);
      length = Math.max(length, offset);
    }
  }

  @Override
  public long length() throws IOException {
    lay();
    return length;
  }

  @Override
  public boolean blank() throws IOException {
    lay();
    for (Positioned placed : layout) {
      if (!placed.expression.blank()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void write(ByteTarget target, long at, long from, long to) throws IOException {
    lay();
    if (gaps) {
      target.zero(at, to - from);
    }
    for (Positioned placed : layout) {
      long start = Math.max(from, placed.offset);
      long end = Math.min(to, placed.offset + placed.expression.length());
      if (start < end) {
        placed.expression.write(
            target, at + start - from, start - placed.offset, end - placed.offset);
      }
    }
  }
}
