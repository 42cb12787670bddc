package org.nbdcore.filter.partition;

import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * Position of a partition, in bytes.
 *
 * @param start of the partition
 * @param size of it, more than 0
 */
record Partition(long start, long size) {

  /**
   * Converts from sectors, which come from the disk and may be anything.
   *
   * @param first its first sector, unsigned
   * @param count how many it has, unsigned
   * @throws NbdException if it does not lie on a disk of {@code diskSize} bytes
   */
  static Partition ofSectors(int number, long first, long count, int sector, long diskSize)
      throws NbdException {
    long sectors = diskSize / sector;
    if (first < 0 || count <= 0 || first > sectors || count > sectors - first) {
      throw new NbdException(
          NbdError.EINVAL,
          "partition "
              + number
              + " has the sectors "
              + Long.toUnsignedString(first)
              + "+"
              + Long.toUnsignedString(count)
              + ", but the disk has only "
              + sectors
              + " of "
              + sector
              + " bytes; is partition-sectorsize right?");
    }
    return new Partition(first * sector, count * sector);
  }

  static NbdException absent(int number, String table) {
    return new NbdException(
        NbdError.EINVAL, "there is no partition " + number + " in the disk's " + table);
  }
}
