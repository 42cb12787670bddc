package org.nbdcore.plugin.synthetic;

/**
 * The positions of the data on a sparse disk. The disk consists of cells. Each has one run of data,
 * of random length at a random place. Both follow from the number of the cell, so nothing is
 * stored, and any offset is found at once.
 */
final class DataRuns {

  /** The usual size of a block, in bytes. */
  static final long BLOCK = 4096;

  private final long seed;
  private final long blockSize;
  private final long blocks;
  private final long cell; // blocks, at least 1
  private final double shortest; // blocks of data in a cell
  private final double longest;

  /**
   * Computes the layout of a disk.
   *
   * @param size in bytes
   * @param blockSize runs begin and end at multiples of this many bytes, a power of 2
   * @param percent share of data, from 0 to 100
   * @param runLength the average length of a run, in bytes; less where the disk is too small for it
   */
  DataRuns(long size, long seed, long blockSize, double percent, long runLength) {
    this.seed = LongSequence.mix(~seed);
    this.blockSize = blockSize;
    blocks = size / blockSize + (size % blockSize == 0 ? 0 : 1);
    double share = percent / 100;
    double wanted = Math.max(1, (double) runLength / blockSize);
    // At most a quarter of the disk, so that a small disk has the requested percentage too.
    cell = Math.max(1, (long) Math.min(wanted / share, blocks / 4));
    longest = Math.min(cell, 2 * cell * share);
    shortest = 2 * cell * share - longest;
  }

  /** The size of a block, in bytes. */
  long blockSize() {
    return blockSize;
  }

  /** True if a block contains data. */
  boolean data(long block) {
    long number = block / cell;
    long length = length(number);
    long start = start(number, length);
    return block >= start && block < start + length;
  }

  /** The first block after {@code block} that may be of another kind, or the end of the disk. */
  long next(long block) {
    long number = block / cell;
    long length = length(number);
    long start = start(number, length);
    long next = block < start ? start : start + length;
    return Math.min(next > block ? next : (number + 1) * cell, blocks);
  }

  private long length(long number) {
    double exact = shortest + (longest - shortest) * fraction(3 * number);
    return (long)
        Math.min(
            cell,
            exact + fraction(3 * number + 1)); // rounded up at random, so that the average is exact
  }

  private long start(long number, long length) {
    return number * cell + (long) ((cell - length + 1) * fraction(3 * number + 2));
  }

  /** A pseudo-random number from 0 to 1, exclusive. */
  private double fraction(long index) {
    return (LongSequence.mix(seed + index) >>> 11) * 0x1p-53;
  }
}
