package org.nbdcore.filter.multiconn;

/** How the filter determines which flushes are unnecessary. */
enum DirtyTracking {
  /** One mark for all connections. */
  FAST,
  /** A mark for each connection. */
  CONNECTION,
  /** Every flush is passed on. */
  OFF
}
