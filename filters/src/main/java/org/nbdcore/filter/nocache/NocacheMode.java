package org.nbdcore.filter.nocache;

/** How to handle cache requests. */
enum NocacheMode {
  /** They are not offered. */
  NONE,
  /** They are done by reading. */
  EMULATE,
  /** They succeed and do nothing. */
  NOP
}
