package org.nbdcore.server.failure;

import java.io.IOException;

/** Thrown to reject a client that has violated the protocol or a rule of this server. */
public final class ClientRejectedException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what the client did; refers to the client as "it"
   */
  public ClientRejectedException(String message) {
    super(message);
  }

  /** Creates the exception with a cause. */
  public ClientRejectedException(String message, Throwable cause) {
    super(message, cause);
  }
}
