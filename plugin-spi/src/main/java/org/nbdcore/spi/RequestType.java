package org.nbdcore.spi.helpers;

import java.util.Set;

/** The requests that a client can send to a disk. */
public enum RequestType {
  /** {@link org.nbdcore.spi.BlockDevice#read}, also asynchronous or without copying. */
  READ,
  /** {@link org.nbdcore.spi.BlockDevice#write}, also asynchronous. */
  WRITE,
  /** {@link org.nbdcore.spi.BlockDevice#trim}. */
  TRIM,
  /** {@link org.nbdcore.spi.BlockDevice#flush}; its offset and length are 0. */
  FLUSH,
  /** {@link org.nbdcore.spi.BlockDevice#zero}. */
  ZERO,
  /** {@link org.nbdcore.spi.BlockDevice#extents}. */
  EXTENTS,
  /** {@link org.nbdcore.spi.BlockDevice#cache}. */
  CACHE;

  /** The types of requests that change the disk. */
  public static final Set<RequestType> MODIFYING = Set.of(WRITE, TRIM, ZERO);

  /** True if requests of this type change the disk. */
  public boolean modifies() {
    return this == WRITE || this == TRIM || this == ZERO;
  }
}
