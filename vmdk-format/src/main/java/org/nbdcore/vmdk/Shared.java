package org.nbdcore.vmdk;

/**
 * What the extents of a disk and its parents share; all of it bounded, whatever the number of
 * extents.
 *
 * @param pages grain directories and tables
 * @param grains decompressed grains
 * @param decoders for decompressing them
 */
record Shared(TablePages pages, GrainCache grains, DecoderPool decoders) {}
