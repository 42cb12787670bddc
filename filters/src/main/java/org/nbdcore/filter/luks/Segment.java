package org.nbdcore.filter.luks;

/**
 * The encrypted disk in a container.
 *
 * @param cipher its name, such as {@code aes}
 * @param mode cipher mode, such as {@code xts-plain64}
 * @param sectorSize unit of encryption, in bytes
 * @param offset in the container, in bytes
 * @param length in bytes; the container may end before
 * @param firstSector number of the first 512-byte sector, for the initialization vector
 */
record Segment(
    String cipher, String mode, int sectorSize, long offset, long length, long firstSector) {}
