package org.nbdcore.filter.multiconn;

/** How the filter detects unnecessary flushes. */
enum DirtyTracking {
  /** One mark for all connections. */
  FAST,
  /** A mark for each connection. */
  CONNECTION,
  /** None: forwards every flush. */
  OFF
}
