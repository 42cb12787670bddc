package org.nbdcore.client.copy;

import java.io.IOException;
import java.util.Arrays;

/**
 * Cuts the source into pieces along its extents. Pieces begin and end at multiples of what both
 * sides can address; a block that is data in part is data. The extents of one answer of the source
 * are kept at a time.
 */
final class ExtentPlan implements CopyPlan, CopySource.CopyExtentSink {

  /** Length of one query: small enough for a fast start and a short list of extents. */
  private static final long ASK = 1L << 30;

  /** The longest zeroing, so that workers share it and the progress bar moves. */
  private static final long MAX_ZERO = 128 << 20;

  private final CopySource source;
  private final long size;
  private final int unit;
  private final int requestSize;
  private final boolean askExtents;

  /** Ends of zero ranges and the data ranges before them: data, zero, data, zero ... */
  private long[] ends = new long[16];

  private int count;
  private int current;
  private long offset;

  /** End of the reply so far; whether its last range is zero, and where that range begins. */
  private long answered;

  private long zeroStart = -1;

  ExtentPlan(CopySource source, int unit, int requestSize, boolean askExtents) {
    this.source = source;
    this.size = source.size();
    this.unit = unit;
    this.requestSize = requestSize;
    this.askExtents = askExtents && source.hasExtents();
  }

  @Override
  public boolean next(CopyChunk piece) throws IOException {
    while (true) {
      while (current < count && ends[current] <= offset) {
        current++;
      }
      if (current < count) {
        break;
      }
      if (offset >= size) {
        return false;
      }
      ask();
    }
    boolean zero = current % 2 == 1;
    long step = zero ? MAX_ZERO : requestSize;
    // Pieces after the first of a range begin at a multiple of the step.
    long end = Math.min(ends[current], offset - offset % step + step);
    piece.set(offset, end, zero);
    offset = end;
    return true;
  }

  private void ask() throws IOException {
    count = 0;
    current = 0;
    answered = offset;
    zeroStart = -1;
    long length = Math.min(ASK, size - offset);
    if (askExtents) {
      source.extents(offset, length, this);
    } else {
      extent(offset, length, false);
    }
    endZero();
    long end = answered >= size ? size : answered - answered % unit;
    if (end <= offset) {
      // An answer within one block: that block is data.
      count = 0;
      end = Math.min(size, offset + unit);
    }
    if (count == 0 || ends[count - 1] < end) {
      add(end);
    }
  }

  @Override
  public void extent(long start, long length, boolean zero) {
    if (!zero) {
      endZero();
    } else if (zeroStart < 0) {
      zeroStart = start;
    }
    answered = Math.min(size, start + length);
  }

  /** A zero range is complete: keep the blocks that lie wholly in it. */
  private void endZero() {
    if (zeroStart >= 0) {
      long from = (zeroStart + unit - 1) / unit * unit;
      long to = answered >= size ? size : answered - answered % unit;
      if (from < to) {
        add(from, to);
      }
      zeroStart = -1;
    }
  }

  private void add(long... more) {
    if (count + more.length > ends.length) {
      ends = Arrays.copyOf(ends, ends.length * 2);
    }
    for (long end : more) {
      ends[count++] = end;
    }
  }
}
