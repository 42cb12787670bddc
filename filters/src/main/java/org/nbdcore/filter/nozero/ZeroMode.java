package org.nbdcore.filter.nozero;

import java.util.Locale;

/** How to handle zero requests. */
enum ZeroMode {
  /** They are not offered. */
  NONE,
  /** They are written out. */
  EMULATE,
  /** They are passed on, without the permission to make holes. */
  NOTRIM,
  /** They are passed on. */
  PLUGIN;

  static ZeroMode of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
