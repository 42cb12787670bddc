package org.nbdcore.testkit;

import java.util.Random;

/**
 * The part of a disk that one thread of a test works on: every {@code stride}-th cell of {@code
 * cell} bytes, so that neighbouring cells belong to different threads and share blocks and pages.
 *
 * @param size of the disk in bytes, rounded down to whole units
 * @param unit the minimum block size
 * @param cell the length of a cell, a multiple of {@code unit}
 * @param first the thread's first cell
 * @param stride number of threads
 */
record ThreadStripe(long size, int unit, long cell, int first, int stride) {

  /** A range of the disk, in bytes. */
  record Range(long offset, long length) {
    @Override
    public String toString() {
      return offset + "+" + length;
    }
  }

  /** The whole disk for one thread. */
  static ThreadStripe whole(long size, int unit) {
    long usable = size - size % unit;
    return new ThreadStripe(usable, unit, Math.max(usable, unit), 0, 1);
  }

  boolean owns(long offset) {
    return offset / cell % stride == first;
  }

  boolean empty() {
    return first * cell >= size;
  }

  /** A range within one cell, not longer than {@code maximum}; short ones are more likely. */
  Range pick(Random random, long maximum) {
    long cells = (size + cell - 1) / cell;
    long mine = (cells - first + stride - 1) / stride;
    long begin = (first + stride * (long) (random.nextDouble() * mine)) * cell;
    long units = Math.min(cell, size - begin) / unit;
    long most = Math.max(1, Math.min(units, maximum / unit));
    long count = 1 + (long) (Math.pow(random.nextDouble(), 8) * most);
    count = Math.min(count, most);
    long start = (long) (random.nextDouble() * (units - count + 1));
    if (random.nextInt(8) == 0) {
      start = random.nextBoolean() ? 0 : units - count;
    }
    return new Range(begin + start * unit, count * unit);
  }
}
