package org.nbdcore.spi;

import java.util.Set;

/** The requests that a client can send to a disk. */
public enum RequestType {
  /** {@link BlockDevice#read}, also asynchronous or without copying. */
  READ,
  /** {@link BlockDevice#write}, also asynchronous. */
  WRITE,
  /** {@link BlockDevice#trim}. */
  TRIM,
  /** {@link BlockDevice#flush}; its offset and length are 0. */
  FLUSH,
  /** {@link BlockDevice#zero}. */
  ZERO,
  /** {@link BlockDevice#extents}. */
  EXTENTS,
  /** {@link BlockDevice#cache}. */
  CACHE;

  /** The types of requests that change the disk. */
  public static final Set<RequestType> MODIFYING = Set.of(WRITE, TRIM, ZERO);

  /** True if requests of this type change the disk. */
  public boolean modifies() {
    return this == WRITE || this == TRIM || this == ZERO;
  }
}
