package org.nbdcore.filter.nocache;

import java.util.Locale;

/** What becomes of requests to cache. */
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
