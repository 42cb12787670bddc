package org.nbdcore.filter.multiconn;

/** How multi-conn is reported and implemented. */
enum MultiConnMode {
  /** As suits the layers below. */
  AUTO,
  /** They may use several; flushes are repeated on all. */
  EMULATE,
  /** They may not. */
  DISABLE,
  /** As the layer below reports it. */
  PLUGIN,
  /** They may use several, and nothing is done about it. */
  UNSAFE
}
