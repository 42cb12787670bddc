package org.nbdcore.plugin.vddk;

import java.util.Optional;

/**
 * How the plugin uses VDDK. nbdkit has none of these options.
 *
 * @param maxRequest the longest read or write in one call of VDDK, in bytes
 * @param inFlight maximum bytes in flight to one disk
 * @param handles number of handles for the reads of each client
 * @param scanHandle whether to query extents on a separate handle
 * @param preflight whether to test the connection to the server before VDDK uses it
 * @param loading how the library finds others; empty for the first mode that works
 */
record PerformanceOptions(
    int maxRequest,
    long inFlight,
    int handles,
    boolean scanHandle,
    boolean preflight,
    Optional<LoadMode> loading) {

  /** The size that VDDK recommends. Much larger requests exhaust the memory of a server. */
  static final long MAX_REQUEST = 2 << 20;

  static final long MAX_REQUEST_LIMIT = 64 << 20;

  /**
   * A value that fits into the default NFC memory of a server, 48 MiB, with room for other clients.
   */
  static final long IN_FLIGHT = 32 << 20;

  static final int HANDLES_LIMIT = 16;
}
