package org.nbdcore.spi.helpers;

import java.io.IOException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * Aligns extents to block boundaries. If the parts of a block differ, the block gets only the type
 * bits that they have in common: part data and part hole becomes data. Only the last block of a
 * disk may be shorter.
 */
public final class AlignedExtents implements ExtentSink {

  /** The source of extents, like {@link BlockDevice#extents}. */
  @FunctionalInterface
  public interface Source {
    void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException;
  }

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
   * Passes on the aligned extents of at least the first block of a range. If the source reports
   * less than a block at a time, this method queries it until the whole block is known.
   *
   * @param offset start of the range, a multiple of {@code block}
   * @param length of the range, a multiple of {@code block} unless the disk ends there
   * @param minimum the minimum block size of the source, at most {@code block}
   * @param block a power of two
   */
  public static void collect(
      Source source,
      long offset,
      long length,
      Flags flags,
      long minimum,
      long block,
      ExtentSink sink)
      throws IOException {
    AlignedExtents aligned = new AlignedExtents(sink, offset, offset + length, block);
    source.extents(offset, length, flags, aligned);
    if (aligned.position == offset) {
      throw new NbdException(NbdError.EIO, "the layer below reported no extent at " + offset);
    }
    long firstEnd = Math.min(offset + block, aligned.end);
    while (!aligned.added) {
      long before = aligned.position;
      long from = Alignment.roundDown(before, minimum);
      source.extents(from, firstEnd - from, flags.without(Flags.REQ_ONE), aligned);
      if (aligned.position == before) {
        // its type is unknown; DATA is always correct
        aligned.add(before, Math.min(from + minimum, firstEnd) - before, ExtentSink.DATA);
      }
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
    long start = Alignment.roundDown(from, block);
    if (start < from) {
      partial &= type;
      from = Math.min(start + block, end);
      if (to < from) {
        return true;
      }
      pass(start, from - start, partial);
    }
    long body = to == end ? end : Alignment.roundDown(to, block);
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
