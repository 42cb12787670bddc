package org.nbdcore.plugin.vddk;

import java.util.Optional;

/**
 * How the plugin uses VDDK; nbdkit has none of this.
 *
 * @param maxRequest the largest read or write handed to VDDK at once, in bytes
 * @param inFlight how many bytes may be in flight to one disk
 * @param handles how many handles each client's disk is read through
 * @param scanHandle whether extents are asked for on a handle of their own
 * @param preflight whether a server is tried before VDDK does
 * @param loading how the library finds others; empty for what works
 */
record PerformanceOptions(
    int maxRequest,
    long inFlight,
    int handles,
    boolean scanHandle,
    boolean preflight,
    Optional<LoadMode> loading) {

  /** VDDK's own advice; much larger ones run a server out of memory. */
  static final long MAX_REQUEST = 2 << 20;

  static final long MAX_REQUEST_LIMIT = 64 << 20;

  /**
   * A value that fits into the default NFC memory of a server, 48 MiB, with room for other clients.
   */
  static final long IN_FLIGHT = 32 << 20;

  static final int HANDLES_LIMIT = 16;
}
