package org.nbdcore.plugin.vddk;

/**
 * Converts bytes to VDDK's sectors of 512 bytes, which do not depend on the sector size of the
 * disk.
 */
final class VddkSectors {

  static final int SIZE = 512;

  private VddkSectors() {}

  static long of(long bytes) {
    return bytes / SIZE;
  }

  static long toBytes(long sectors) {
    return sectors * SIZE;
  }
}
