package org.nbdcore.spi;

import java.io.IOException;

/** A failed operation whose error the thrower knows. Its message reaches the client. */
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

  /** The error that the client is sent. */
  public final NbdError error() {
    return error;
  }
}
