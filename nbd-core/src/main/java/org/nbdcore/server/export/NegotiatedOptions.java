package org.nbdcore.server.export;

/**
 * The result of the option negotiation.
 *
 * @param structured whether replies come in chunks; so they do with extended headers
 * @param extended whether headers have 64-bit lengths
 * @param baseAllocation whether the client chose {@code base:allocation}
 */
public record NegotiatedOptions(boolean structured, boolean extended, boolean baseAllocation) {

  /** The number under which {@code base:allocation} is chosen. */
  public static final int BASE_ALLOCATION_ID = 1;
}
