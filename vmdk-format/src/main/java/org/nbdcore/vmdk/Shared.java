package org.nbdcore.vmdk;

/**
 * Resources shared by the extents of a disk and its parents. Each has a fixed limit, independent of
 * the number of extents.
 *
 * @param pages grain directories and tables
 * @param grains decompressed grains
 * @param decoders for decompressing them
 */
record Shared(TablePages pages, GrainCache grains, DecoderPool decoders) {}
