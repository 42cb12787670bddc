package org.nbdcore.plugin.ssh;

/**
 * A remote file to create.
 *
 * @param size in bytes
 * @param mode its permissions
 */
record NewFile(long size, int mode) {}
