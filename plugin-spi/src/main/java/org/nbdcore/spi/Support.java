package org.nbdcore.spi;

/** How a device carries out an operation that the server is able to emulate. */
public enum Support {
  /** Not offered to the client, and not emulated. */
  NONE,
  /** Offered; the server does it with other operations of the device. */
  EMULATE,
  /** Offered; the device does it itself. */
  NATIVE
}
