package org.nbdcore.server;

import java.io.IOException;

/** A client is sent away: it has broken a rule of the protocol or one of this server's. */
final class ClientRejectedException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Says what the client, which the message calls "it", has done. */
  ClientRejectedException(String message) {
    super(message);
  }

  /** The same because of another failure. */
  ClientRejectedException(String message, Throwable cause) {
    super(message, cause);
  }
}
