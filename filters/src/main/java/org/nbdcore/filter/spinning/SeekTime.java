package org.nbdcore.filter.spinning;

/**
 * How long an arm takes to move: the parabola through three times in nanoseconds.
 *
 * @param min to the next track
 * @param half across half of the disk
 * @param max across all of it
 */
record SeekTime(long min, long half, long max) {

  /** The time for a distance, from more than 0 to 1 for the whole disk. */
  long nanos(double distance) {
    double curved = 2.0 * (max - min) - 4.0 * (half - min);
    double straight = (max - min) - curved;
    return Math.max(0, min + Math.round((curved * distance + straight) * distance));
  }
}
