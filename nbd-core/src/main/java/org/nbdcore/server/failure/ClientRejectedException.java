package org.nbdcore.server.failure;

import java.io.IOException;

/** A client is rejected: it has violated the protocol or a rule of this server. */
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
