package org.nbdcore.plugin.compose;

import java.util.UUID;

/**
 * The specification of a partition.
 *
 * @param file its contents
 * @param alignment of its first byte; a multiple of {@link #SECTOR}
 * @param mbrId its type in an MBR
 * @param typeGuid its type in a GPT
 */
record PartitionSpec(PartFile file, long alignment, int mbrId, UUID typeGuid) {

  static final int SECTOR = 512;

  /** The number of sectors. The last one may be padded with zeroes. */
  long sectors() {
    return (file.size() - 1) / SECTOR + 1;
  }

  /** The first aligned sector from {@code sector} on. */
  long align(long sector) {
    long unit = alignment / SECTOR;
    return (sector + unit - 1) / unit * unit;
  }
}
