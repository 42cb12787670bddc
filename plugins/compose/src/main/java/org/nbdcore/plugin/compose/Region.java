package org.nbdcore.plugin.compose;

import org.nbdcore.spi.BlockDevice;

/**
 * A part of a joined disk.
 *
 * @param start where it begins, in bytes
 * @param length in bytes, at least 1
 * @param device what is there, or null
 * @param bytes what is there unless a device is; null for zeroes
 */
record Region(long start, long length, BlockDevice device, byte[] bytes) {

  static Region of(long start, long length, BlockDevice device) {
    return new Region(start, length, device, null);
  }

  static Region bytes(long start, byte[] bytes) {
    return new Region(start, bytes.length, null, bytes);
  }

  static Region zeroes(long start, long length) {
    return new Region(start, length, null, null);
  }

  long end() {
    return start + length;
  }

  /** A byte of a region without a device. */
  byte at(long within) {
    return bytes == null ? 0 : bytes[(int) within];
  }
}
