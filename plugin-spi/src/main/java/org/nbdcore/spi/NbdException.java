package org.nbdcore.spi;

import java.io.IOException;

/**
 * A failed operation with the NBD error to report. The client receives the error, and the message
 * if the protocol has a field for it.
 */
public class NbdException extends IOException {

  private static final long serialVersionUID = 1L;

  private final NbdError error;

  /** Fails with {@code error}. */
  public NbdException(NbdError error, String message) {
    super(message);
    this.error = error;
  }

  /** Fails with {@code error} because of another failure. */
  public NbdException(NbdError error, String message, Throwable cause) {
    super(message, cause);
    this.error = error;
  }

  /** The error that the client receives. */
  public final NbdError error() {
    return error;
  }
}
