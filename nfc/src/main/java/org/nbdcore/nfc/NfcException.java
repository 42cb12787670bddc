package org.nbdcore.nfc;

import java.io.IOException;

/** An error that the server reported for one request. */
public final class NfcException extends IOException {
  private static final long serialVersionUID = 1;

  private final int code;

  NfcException(int code, String message) {
    super(message);
    this.code = code;
  }

  /** Creates the exception for an error reply that carries a VixDiskLib code. */
  static NfcException ofVixCode(int code, String operation) {
    return new NfcException(code, operation + ": error " + code + " (" + VixCode.text(code) + ")");
  }

  /**
   * Returns the server's error number. This is a VIX code if one request failed, or NFC's own
   * number if the server ended the session.
   */
  public int code() {
    return code;
  }
}
