package org.nbdcore.filter.nozero;

/** What happens to fast zero requests. */
enum FastZeroMode {
  /** They are not offered. */
  NONE,
  /** They are refused as not fast. */
  SLOW,
  /** They are carried out, fast or not. */
  IGNORE,
  /** They are refused where zeroes are written, else left to the layer below. */
  DEFAULT
}
