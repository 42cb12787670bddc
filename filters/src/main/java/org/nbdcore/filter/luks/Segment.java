package org.nbdcore.filter.luks;

/**
 * The encrypted disk in a container.
 *
 * @param cipher its name, such as {@code aes}
 * @param mode how it is used, such as {@code xts-plain64}
 * @param sectorSize what is encrypted at once, in bytes
 * @param offset in the container, in bytes
 * @param length in bytes; the container may end before
 * @param firstSector number of the first 512 bytes, on which their encryption depends
 */
record Segment(
    String cipher, String mode, int sectorSize, long offset, long length, long firstSector) {}
