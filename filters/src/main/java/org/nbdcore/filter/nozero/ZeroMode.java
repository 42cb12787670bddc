package org.nbdcore.filter.nozero;

/** How to handle zero requests. */
enum ZeroMode {
  /** They are not offered. */
  NONE,
  /** They are written out. */
  EMULATE,
  /** They are passed on, without the permission to make holes. */
  NOTRIM,
  /** They are passed on. */
  PLUGIN
}
