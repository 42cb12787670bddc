package org.nbdcore.filter.cache;

/** When writes reach the disk below. */
enum CacheMode {
  /** When the client flushes, or a block is dropped. */
  WRITEBACK,
  /** At once. */
  WRITETHROUGH,
  /** Only when a block is dropped; flushes are ignored. */
  UNSAFE
}
