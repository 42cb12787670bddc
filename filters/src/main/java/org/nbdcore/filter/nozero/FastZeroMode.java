package org.nbdcore.filter.nozero;

/** How to handle fast zeroes. */
enum FastZeroMode {
  /** Does not offer fast zeroes. */
  NONE,
  /** Offers fast zeroes, and refuses each one. */
  SLOW,
  /** Offers fast zeroes, and executes them like other zero requests, against the protocol. */
  IGNORE,
  /** Forwards them, or refuses them if zeroes are written as data. */
  DEFAULT
}
