package org.nbdcore.spi;

/**
 * The version of this SPI. A jar with plugins or filters names in its manifest the version that it
 * was built for. The server refuses a jar that was built for another version.
 */
public final class SpiVersion {

  /** The version of this SPI. It grows with every incompatible change. */
  public static final int CURRENT = 2;

  /** The manifest attribute of a jar that names the version it was built for. */
  public static final String ATTRIBUTE = "NBD-Core-SPI-Version";

  private SpiVersion() {}
}
