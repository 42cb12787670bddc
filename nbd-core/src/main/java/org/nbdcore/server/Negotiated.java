package org.nbdcore.server;

/**
 * What client and server agreed on.
 *
 * @param structured whether replies are structured
 * @param baseAllocation whether the client chose {@code base:allocation}
 */
record Negotiated(boolean structured, boolean baseAllocation) {}
