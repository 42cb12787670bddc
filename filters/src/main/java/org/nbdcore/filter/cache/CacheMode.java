package org.nbdcore.filter.cache;

import java.util.Locale;

/** When writes reach the disk below. */
enum CacheMode {
  /** When the client flushes, or a block is dropped. */
  WRITEBACK,
  /** At once. */
  WRITETHROUGH,
  /** Only when a block is dropped; flushes are ignored. */
  UNSAFE;

  static CacheMode of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
