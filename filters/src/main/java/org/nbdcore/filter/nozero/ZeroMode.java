package org.nbdcore.filter.nozero;

/** How zero requests are carried out. */
enum ZeroMode {
  /** They are not offered. */
  NONE,
  /** As writes of zeroes. */
  EMULATE,
  /** By the layer below, which must not make holes. */
  NOTRIM,
  /** By the layer below. */
  PLUGIN
}
