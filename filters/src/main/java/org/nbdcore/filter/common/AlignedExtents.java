package org.nbdcore.filter.common;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * Extents whose borders lie between blocks. A block whose parts differ has only what they have in
 * common: data next to a hole is data.
 */
public final class AlignedExtents implements ExtentSink {

  private final ExtentSink outer;
  private final long block;
  private final long end;
  private long position;
  private int partial;
  private boolean added;

  private AlignedExtents(ExtentSink outer, long start, long end, long block) {
    this.outer = outer;
    this.position = start;
    this.end = end;
    this.block = block;
  }

  /**
   * Asks {@code device} for at least the first block of a range and passes the answer on, aligned.
   *
   * @param offset where the range begins, a multiple of {@code block}
   * @param length of the range, a multiple of {@code block} too
   * @param block a power of two
   */
  public static void collect(
      BlockDevice device, long offset, long length, int flags, long block, ExtentSink sink)
      throws IOException {
    AlignedExtents aligned = new AlignedExtents(sink, offset, offset + length, block);
    device.extents(offset, length, flags, aligned);
    if (aligned.position == offset) {
      throw new NbdException(NbdError.EIO, "the layer below reported no extent at " + offset);
    }
    if (!aligned.added) {
      // a run that ends within the first block: ask for the others in it
      device.extents(offset, block, flags & ~Flags.REQ_ONE, aligned);
    }
    if (!aligned.added) {
      aligned.add(offset, block, ExtentSink.DATA); // it could be anything, which data may be
    }
  }

  @Override
  public boolean add(long offset, long length, int type) {
    long from = position;
    long to = Math.min(offset + length, end);
    if (offset > from) {
      throw new IllegalStateException("extent at " + offset + " leaves a gap after " + from);
    }
    if (to <= from) {
      return !full();
    }
    position = to;
    if (!Blocks.aligned(from, block)) {
      partial &= type;
      from = Blocks.up(from, block);
      if (to < from) {
        return true;
      }
      pass(from - block, block, partial);
    }
    long body = Blocks.down(to, block);
    if (body > from) {
      pass(from, body - from, type);
    }
    partial = type;
    return !full();
  }

  private void pass(long offset, long length, int type) {
    outer.add(offset, length, type);
    added = true;
  }

  @Override
  public boolean full() {
    return position == end || outer.full();
  }
}
