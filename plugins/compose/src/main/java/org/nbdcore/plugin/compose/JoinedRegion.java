package org.nbdcore.plugin.compose;

import org.nbdcore.spi.BlockDevice;

/**
 * A part of a joined disk.
 *
 * @param start of the region, in bytes
 * @param length in bytes, at least 1
 * @param device its contents; null for fixed bytes or zeroes
 * @param bytes its contents if there is no device; null for zeroes
 */
record JoinedRegion(long start, long length, BlockDevice device, byte[] bytes) {

  static JoinedRegion of(long start, long length, BlockDevice device) {
    return new JoinedRegion(start, length, device, null);
  }

  static JoinedRegion bytes(long start, byte[] bytes) {
    return new JoinedRegion(start, bytes.length, null, bytes);
  }

  static JoinedRegion zeroes(long start, long length) {
    return new JoinedRegion(start, length, null, null);
  }

  long end() {
    return start + length;
  }

  /** A byte of a region without a device. */
  byte at(long within) {
    return bytes == null ? 0 : bytes[(int) within];
  }
}
