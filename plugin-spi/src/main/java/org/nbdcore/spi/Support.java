package org.nbdcore.spi;

/** How a device carries out an operation that the server is able to emulate. */
public enum Support {
  /** Not offered to the client, and not emulated. */
  NONE,
  /** Offered; the server emulates it with other operations of the device. */
  EMULATE,
  /** Offered; the device carries it out itself. */
  NATIVE
}
