package org.nbdcore.server.failure;

import java.io.IOException;

/** Thrown if the client disconnects during the handshake. This is not a failure of the server. */
public final class ClientDisconnectedException extends IOException {

  private static final long serialVersionUID = 1L;

  public ClientDisconnectedException(IOException cause) {
    super(Failures.message(cause), cause);
  }
}
