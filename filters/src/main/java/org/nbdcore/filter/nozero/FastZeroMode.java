package org.nbdcore.filter.nozero;

/** How to handle fast zeroes. */
enum FastZeroMode {
  /** They are not offered. */
  NONE,
  /** They are offered and refused. */
  SLOW,
  /** They are offered and served like any other zero, against the protocol. */
  IGNORE,
  /** They are forwarded, or refused if zeroes are written as data. */
  DEFAULT
}
