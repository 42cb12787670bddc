package org.nbdcore.filter.nocache;

import java.util.Locale;

/** How to handle cache requests. */
enum NocacheMode {
  /** They are not offered. */
  NONE,
  /** They are done by reading. */
  EMULATE,
  /** They succeed and do nothing. */
  NOP;

  static NocacheMode of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
