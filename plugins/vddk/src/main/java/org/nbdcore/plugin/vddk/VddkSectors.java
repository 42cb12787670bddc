package org.nbdcore.plugin.vddk;

/** VDDK counts in sectors of 512 bytes, whatever the disk says of itself. */
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
