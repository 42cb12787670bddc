package org.nbdcore.nfc;

/**
 * The geometry that a disk is said to have.
 *
 * @param cylinders number of cylinders
 * @param heads number of heads
 * @param sectors number of sectors a track
 */
public record NfcGeometry(int cylinders, int heads, int sectors) {}
