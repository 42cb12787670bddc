package org.nbdcore.filter.nozero;

/** How to handle zero requests. */
enum ZeroMode {
  /** Does not offer zero requests. */
  NONE,
  /** Writes zeroes as data. */
  EMULATE,
  /** Forwards them without permission to punch holes. */
  NOTRIM,
  /** Forwards them unchanged. */
  PLUGIN
}
