package org.nbdcore.nfc;

import java.io.IOException;

/** The server on port 902 refused the login. Retry with a new ticket. */
public final class NfcLoginException extends IOException {
  private static final long serialVersionUID = 1;

  NfcLoginException(String message) {
    super(message);
  }
}
