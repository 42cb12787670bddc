package org.nbdcore.filter.cache;

/** When writes reach the disk below. */
enum CacheMode {
  /** With the client's flush, or when a block is evicted. */
  WRITEBACK,
  /** At once. */
  WRITETHROUGH,
  /** Only when a block is evicted; flushes are ignored. */
  UNSAFE
}
