package org.nbdcore.server.handshake;

/** Thrown for a malformed option. The reply is {@code NBD_REP_ERR_INVALID}. */
final class InvalidOptionException extends Exception {

  private static final long serialVersionUID = 1L;

  InvalidOptionException(String message) {
    super(message);
  }
}
