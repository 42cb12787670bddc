package org.nbdcore.vmdk;

/**
 * The disk's BIOS geometry in its descriptor. It may not agree with the disk's size.
 *
 * @param cylinders ddb.geometry.cylinders
 * @param heads ddb.geometry.heads
 * @param sectors ddb.geometry.sectors (in a track)
 */
public record VmdkGeometry(long cylinders, long heads, long sectors) {}
