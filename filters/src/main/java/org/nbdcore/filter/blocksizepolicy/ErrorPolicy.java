package org.nbdcore.filter.blocksizepolicy;

/** How the filter handles a request that does not obey the block sizes. */
enum ErrorPolicy {
  /** Forwards the request. */
  ALLOW,
  /**
   * Refuses the request, unless only its length is unaligned because it ends at the end of the
   * disk.
   */
  ERROR,
  /** Refuses the request. */
  STRICT_ERROR
}
