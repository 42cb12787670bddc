package org.nbdcore.server.failure;

import java.io.IOException;

/** A client that shakes hands takes no more: it has gone, which is no failure of anything else. */
public final class ClientDisconnectedException extends IOException {

  private static final long serialVersionUID = 1L;

  public ClientDisconnectedException(IOException cause) {
    super(Failures.message(cause), cause);
  }
}
