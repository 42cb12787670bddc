package org.nbdcore.server.failure;

import java.io.IOException;

/** A client is sent away: it has broken a rule of the protocol or one of this server's. */
public final class ClientRejectedException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Says what the client, which the message calls "it", has done. */
  public ClientRejectedException(String message) {
    super(message);
  }

  /** The same because of another failure. */
  public ClientRejectedException(String message, Throwable cause) {
    super(message, cause);
  }
}
