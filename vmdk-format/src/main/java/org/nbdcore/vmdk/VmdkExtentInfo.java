package org.nbdcore.vmdk;

/**
 * One extent of a disk, as described by its line in the descriptor.
 *
 * @param access RW, RDONLY or NOACCESS
 * @param length bytes
 * @param type FLAT, SPARSE, ZERO or VMFS
 * @param file the file that holds the extent; null for ZERO
 * @param fileOffset where a flat extent begins in its file, in bytes
 * @param grainSize bytes in a grain; 0 if the extent has no grains
 * @param compressed whether the grains are compressed
 */
public record VmdkExtentInfo(
    String access,
    long length,
    String type,
    FileLocation file,
    long fileOffset,
    long grainSize,
    boolean compressed) {}
