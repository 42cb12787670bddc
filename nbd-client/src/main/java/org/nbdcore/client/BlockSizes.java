package org.nbdcore.client;

/**
 * Size constraints that a server advertised, in bytes.
 *
 * @param minimum offsets and lengths have to be multiples of it: a power of two, 1 to 65536
 * @param preferred what works best: a power of two, at least 512
 * @param maximumPayload the longest read or write; 0xffff_ffff stands for no limit
 */
public record BlockSizes(int minimum, int preferred, long maximumPayload) {}
