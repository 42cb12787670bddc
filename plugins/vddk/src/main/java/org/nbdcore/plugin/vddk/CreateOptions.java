package org.nbdcore.plugin.vddk;

/**
 * How to make a new disk.
 *
 * @param type VDDK's number
 * @param adapter VDDK's number
 * @param hwVersion virtual hardware version
 * @param sectors capacity
 */
record CreateOptions(int type, int adapter, int hwVersion, long sectors) {}
