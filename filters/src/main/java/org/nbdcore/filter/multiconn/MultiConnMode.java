package org.nbdcore.filter.multiconn;

/** How multi-conn is reported and implemented. */
enum MultiConnMode {
  /** Selects a mode that suits the layers below. */
  AUTO,
  /** Offers multi-conn, and repeats each flush on all connections. */
  EMULATE,
  /** Does not offer multi-conn. */
  DISABLE,
  /** Offers what the layer below offers. */
  PLUGIN,
  /** Offers multi-conn without repeating flushes. */
  UNSAFE
}
