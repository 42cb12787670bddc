package org.nbdcore.nfc;

import java.io.IOException;

/**
 * The server sent something that the protocol does not allow. The connection can no longer be used.
 */
public final class NfcProtocolException extends IOException {
  private static final long serialVersionUID = 1;

  NfcProtocolException(String message) {
    super("NFC: " + message);
  }
}
