package org.nbdcore.filter.nozero;

/** How to handle zero requests. */
enum ZeroMode {
  /** They are not offered. */
  NONE,
  /** They are written out. */
  EMULATE,
  /** They are forwarded without permission to punch holes. */
  NOTRIM,
  /** They are passed on. */
  PLUGIN
}
