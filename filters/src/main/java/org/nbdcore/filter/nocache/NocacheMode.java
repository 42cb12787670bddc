package org.nbdcore.filter.nocache;

/** How to handle cache requests. */
enum NocacheMode {
  /** Does not offer cache requests. */
  NONE,
  /** Emulates them by reads. */
  EMULATE,
  /** Accepts them and does nothing. */
  NOP
}
