package org.nbdcore.nfc;

/**
 * The disk geometry that the host reports.
 *
 * @param cylinders number of cylinders
 * @param heads number of heads
 * @param sectors number of sectors in a track
 */
public record NfcGeometry(int cylinders, int heads, int sectors) {}
