package org.nbdcore.filter.spinning;

/**
 * The time to move the arm: a parabola through three points, in nanoseconds.
 *
 * @param min time to the next track
 * @param half time across half of the disk
 * @param max time across the whole disk
 */
record SeekTime(long min, long half, long max) {

  /** The time for a distance, from more than 0 to 1 for the whole disk. */
  long nanos(double distance) {
    double curved = 2.0 * (max - min) - 4.0 * (half - min);
    double straight = (max - min) - curved;
    return Math.max(0, min + Math.round((curved * distance + straight) * distance));
  }
}
