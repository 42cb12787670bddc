package org.nbdcore.filter.multiconn;

/** How it is found out which flushes are not needed. */
enum DirtyTracking {
  /** One mark for all connections. */
  FAST,
  /** A mark for each connection. */
  CONNECTION,
  /** Every flush is passed on. */
  OFF
}
