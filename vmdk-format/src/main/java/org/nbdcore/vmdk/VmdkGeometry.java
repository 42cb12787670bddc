package org.nbdcore.vmdk;

/**
 * The disk's geometry as its descriptor gives it, in the BIOS's terms. It need not agree with the
 * disk's size.
 *
 * @param cylinders ddb.geometry.cylinders
 * @param heads ddb.geometry.heads
 * @param sectors ddb.geometry.sectors (in a track)
 */
public record VmdkGeometry(long cylinders, long heads, long sectors) {}
