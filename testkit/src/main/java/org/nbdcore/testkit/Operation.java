package org.nbdcore.testkit;

/** The operations of a layer, for {@link RecordedCall} and {@link FaultPlan}. */
public enum Operation {
  /** {@link org.nbdcore.spi.Backend#open}. */
  OPEN,
  /** {@link org.nbdcore.spi.BlockDevice#size}. */
  SIZE,
  /** {@link org.nbdcore.spi.BlockDevice#capabilities}. */
  CAPABILITIES,
  /** {@link org.nbdcore.spi.BlockDevice#read}. */
  READ,
  /** {@link org.nbdcore.spi.BlockDevice#write}. */
  WRITE,
  /** {@link org.nbdcore.spi.BlockDevice#flush}. */
  FLUSH,
  /** {@link org.nbdcore.spi.BlockDevice#trim}. */
  TRIM,
  /** {@link org.nbdcore.spi.BlockDevice#zero}. */
  ZERO,
  /** {@link org.nbdcore.spi.BlockDevice#extents}. */
  EXTENTS,
  /** {@link org.nbdcore.spi.BlockDevice#cache}. */
  CACHE,
  /** {@link org.nbdcore.spi.BlockDevice#close}. */
  CLOSE
}
