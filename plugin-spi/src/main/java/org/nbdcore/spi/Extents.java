package org.nbdcore.spi;

import java.util.Arrays;

/**
 * Collects the extents of one range, up to a maximum number. Pass it to {@link
 * BlockDevice#extents}. It cuts off extents at the end of the range, or at a later end that you
 * set. Not safe for use by several threads.
 */
public final class Extents implements ExtentSink {

  private final long start;
  private final long rangeEnd; // an extent that reaches it is the last one
  private long end; // extents are cut off here
  private final int limit;
  private long position;
  private int count;
  private long[] lengths = new long[8];
  private int[] types = new int[8];
  private boolean full;

  /**
   * Creates an empty collector.
   *
   * @param offset start of the range
   * @param length of the range, more than 0
   * @param limit the maximum number of extents to keep, at least 1
   */
  public Extents(long offset, long length, int limit) {
    if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("no such range: " + offset + "+" + length);
    }
    if (limit < 1) {
      throw new IllegalArgumentException("the limit must be at least 1, not " + limit);
    }
    this.start = offset;
    this.rangeEnd = offset + length;
    this.end = offset + length;
    this.limit = limit;
    this.position = offset;
  }

  /**
   * Allows the last extent to end after the range, at most at {@code end}. Call this method before
   * the first extent is added.
   *
   * @param end where the last extent is cut off, at least the end of the range; usually the size of
   *     the disk
   * @return this collector
   */
  public Extents acceptUntil(long end) {
    if (end < rangeEnd) {
      throw new IllegalArgumentException(
          "the range ends at " + rangeEnd + "; extents cannot be cut off before, at " + end);
    }
    if (count > 0) {
      throw new IllegalStateException("extents were added already");
    }
    this.end = end;
    return this;
  }

  @Override
  public boolean add(long offset, long length, int type) {
    if (length < 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("no such extent: " + offset + "+" + length);
    }
    if (full || length == 0) {
      return !full;
    }
    if (offset > position) {
      throw new IllegalStateException(
          "extent at "
              + offset
              + " leaves a gap after "
              + position
              + "; extents must be contiguous");
    }
    long runEnd = Math.min(offset + length, end);
    if (runEnd > position) {
      append(runEnd - position, type);
    }
    return !full;
  }

  private void append(long length, int type) {
    if (count > 0 && types[count - 1] == type) {
      lengths[count - 1] += length;
    } else if (count == limit) {
      full = true;
      return;
    } else {
      if (count == lengths.length) {
        lengths = Arrays.copyOf(lengths, count * 2);
        types = Arrays.copyOf(types, count * 2);
      }
      lengths[count] = length;
      types[count] = type;
      count++;
    }
    position += length;
    full = position >= rangeEnd;
  }

  @Override
  public boolean full() {
    return full;
  }

  /** The number of extents. Adjacent extents differ in type. */
  public int size() {
    return count;
  }

  /** Start of the range. */
  public long offset() {
    return start;
  }

  /** End of the last extent, which may be after the range; {@link #offset} if there is none. */
  public long position() {
    return position;
  }

  /**
   * The length of an extent in bytes.
   *
   * @param index from 0 to {@link #size}, exclusive
   */
  public long length(int index) {
    return lengths[checked(index)];
  }

  /**
   * The type of an extent.
   *
   * @param index from 0 to {@link #size}, exclusive
   * @return any of {@link #HOLE} and {@link #ZERO}, or {@link #DATA}
   */
  public int type(int index) {
    return types[checked(index)];
  }

  private int checked(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("extent " + index + " of " + count);
    }
    return index;
  }
}
