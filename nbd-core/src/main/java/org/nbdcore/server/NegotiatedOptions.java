package org.nbdcore.server;

/**
 * What client and server agreed on.
 *
 * @param structured whether replies come in chunks; so they do with extended headers
 * @param extended whether headers have 64-bit lengths
 * @param baseAllocation whether the client chose {@code base:allocation}
 */
record NegotiatedOptions(boolean structured, boolean extended, boolean baseAllocation) {}
