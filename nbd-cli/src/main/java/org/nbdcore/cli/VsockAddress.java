package org.nbdcore.cli;

import java.net.SocketAddress;

/** A vsock address: a port of this machine for its virtual machines. Java has no class for it. */
final class VsockAddress extends SocketAddress {

  private static final long serialVersionUID = 1L;

  private final long port;

  /**
   * @param port an unsigned number of 32 bits
   */
  VsockAddress(int port) {
    this.port = Integer.toUnsignedLong(port);
  }

  long port() {
    return port;
  }

  @Override
  public String toString() {
    return "vsock port " + port;
  }
}
